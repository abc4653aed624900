"""Roles of mentions: a sentence, a sign or flag, and the role that it must have."""

from __future__ import annotations

import pytest

from bot.nlp.understand import Understander

SELF = [
    # plain, terse, without punctuation
    ("im coughing all day", "cough", "present"),
    ("cough", "cough", "present"),
    ("got the shivers again", "chills", "present"),
    ("tired tired tired", "fatigue", "present"),
    ("bit of a fever i think", "fever", "present"),
    ("headache since sunday", "headache", "present"),
    ("still breathless when i hang the washing out", "breathlessness", "present"),
    # a negation that belongs to the sign
    ("no energy whatsoever", "fatigue", "present"),
    ("havent got any appetite", "appetite_loss", "present"),
    ("cant get warm even in bed", "chills", "present"),
    ("i can't catch my breath on the hill", "breathlessness", "present"),
    ("cant shake off this cold", "infections", "present"),
    ("cold just wont clear", "infections", "present"),
    ("not hungry at all", "appetite_loss", "present"),
    ("i'm not thinking straight", "confusion", "present"),
    ("couldn't keep any food down", "appetite_loss", "present"),
    ("no colour in her cheeks", "pallor", "present"),
    ("not coping at all", "low_mood", "present"),
    ("i have lost weight without trying", "weight_loss", "present"),
    # pseudo-cues
    ("no idea where these bruises came from", "bruising", "present"),
    ("don't know why i keep getting nosebleeds", "bleeding", "present"),
    ("not only am i tired, i'm dizzy too", "fatigue", "present"),
    ("not only am i tired, i'm dizzy too", "dizziness", "present"),
    ("no change in the cough", "cough", "present"),
    ("the cough is no better", "cough", "present"),
    ("no doubt its the fever", "fever", "present"),
    ("my headache hasn't gone away", "headache", "present"),
    ("haven't stopped sweating at night for a week", "night_sweats", "present"),
    ("the cough doesn't let up", "cough", "present"),
    ("never been so tired in my life", "fatigue", "present"),
    ("i've never had a headache like this", "headache", "present"),
    ("paracetamol isn't touching this headache", "headache", "present"),
    ("nothing helps the joint pain", "joint_muscle_pain", "present"),
    ("not a day goes by without a headache", "headache", "present"),
    ("i can't sleep because of the night sweats", "night_sweats", "present"),
    ("bruises and i haven't knocked myself", "bruising", "present"),
    ("not sleeping, coughing all night", "cough", "present"),
    ("not been well, fever on and off", "fever", "present"),
    ("not sure if this counts but my gums bleed", "bleeding", "present"),
    # exceptions
    ("apart from the cough i feel fine", "cough", "present"),
    ("nothing really except some night sweats", "night_sweats", "present"),
    ("no problems other than my sore hips", "bone_pain", "present"),
    ("all fine, just a bit dizzy", "dizziness", "present"),
    ("none of those but i do have a cough", "cough", "present"),
    ("no fever, but i am very tired", "fatigue", "present"),
    ("no fever though the headache is awful", "headache", "present"),
    ("No, I have a cough", "cough", "present"),
    ("no but my ankles ache", "joint_muscle_pain", "present"),
    ("nope. got a rash of tiny red dots", "petechiae", "present"),
    # denied
    ("no fever", "fever", "absent"),
    ("no cough or cold", "cough", "absent"),
    ("i dont have a temperature, no chills either", "chills", "absent"),
    ("havent had any nosebleeds", "bleeding", "absent"),
    ("haven't lost any weight", "weight_loss", "absent"),
    ("i'm not dizzy", "dizziness", "absent"),
    ("i am not short of breath", "breathlessness", "absent"),
    ("never get headaches", "headache", "absent"),
    ("no night sweats, no fever, no lumps", "night_sweats", "absent"),
    ("no night sweats, no fever, no lumps", "fever", "absent"),
    ("no night sweats, no fever, no lumps", "lumps", "absent"),
    ("no bruises, bleeding or tiny spots", "bleeding", "absent"),
    ("without any headache", "headache", "absent"),
    ("i don't feel tired", "fatigue", "absent"),
    ("i don't think i have a fever", "fever", "absent"),
    ("cant say ive had any headaches", "headache", "absent"),
    ("didn't notice any bruises on me", "bruising", "absent"),
    ("fever: none", "fever", "absent"),
    ("cough - no", "cough", "absent"),
    ("fever? no. cough? yes", "fever", "absent"),
    ("fever? no. cough? yes", "cough", "present"),
    ("neither cough nor fever", "cough", "absent"),
    ("neither cough nor fever", "fever", "absent"),
    ("negative for fever", "fever", "absent"),
    ("not had a headache this month", "headache", "absent"),
    ("i wouldn't say i'm breathless", "breathlessness", "absent"),
    ("no sign of any lumps", "lumps", "absent"),
    ("tired but no headaches", "headache", "absent"),
    ("tired but no headaches", "fatigue", "present"),
    ("headache, no fever", "headache", "present"),
    ("headache, no fever", "fever", "absent"),
    ("i get a cough sometimes but no blood in my wee", "cough", "present"),
    ("no weight loss but ive been off my food", "weight_loss", "absent"),
    ("no weight loss but ive been off my food", "appetite_loss", "present"),
    ("i don't smoke and i have a cough", "cough", "present"),
    ("i haven't been out much, headache every day", "headache", "present"),
    # past
    ("i used to get night sweats", "night_sweats", "past"),
    ("i no longer have headaches", "headache", "past"),
    ("the fever has gone", "fever", "past"),
    ("my cough cleared up", "cough", "past"),
    ("had bruises when i was diagnosed", "bruising", "past"),
    ("during chemo i had terrible headaches", "headache", "past"),
    ("three years ago i broke my wrist", "fracture", "past"),
    ("i had drenching night sweats before my transplant", "night_sweats", "past"),
    ("the sweats stopped", "night_sweats", "past"),
    ("not had night sweats since chemo", "night_sweats", "past"),
    ("i don't get headaches any more", "headache", "past"),
    ("back in 2019 i had swollen glands", "lumps", "past"),
    ("previously i had nosebleeds", "bleeding", "past"),
    ("last year i had pneumonia", "infections", "past"),
    # a time that is over reaches to where the tense turns, on either side
    (
        "i had leukaemia nine years ago, i am more tired than i used to be, i have lost half a stone",
        "fatigue",
        "present",
    ),
    (
        "i had leukaemia nine years ago, i am more tired than i used to be, i have lost half a stone",
        "weight_loss",
        "present",
    ),
    ("used to get nosebleeds on chemo now its my gums", "bleeding", "present"),
    ("used to get nosebleeds on chemo, now i have headaches", "bleeding", "past"),
    ("used to get nosebleeds on chemo, now i have headaches", "headache", "present"),
    ("breathless when i hurry, i had lymphoma ten years back", "breathlessness", "present"),
    ("aml in 2019, sweats every night", "night_sweats", "present"),
    ("i had a cough and chills two winters ago", "cough", "past"),
    ("fractured my wrist in 2018", "fracture", "past"),
    ("the swollen glands i had in 2016 were huge", "lumps", "past"),
    # closed, in the sentence or in the next one; what is recent stays
    ("had the shivers on day 4 of the transplant, none since", "chills", "past"),
    ("terrible night sweats in the isolation room. never again since", "night_sweats", "past"),
    ("bad headache this morning, fine now", "headache", "present"),
    ("by morning the headache has gone but it comes every night", "headache", "present"),
    ("i have to stop for breath on the stairs", "breathlessness", "present"),
    # past words, here again
    ("the night sweats are back, like when i was diagnosed", "night_sweats", "present"),
    ("same bone pain as at diagnosis", "bone_pain", "present"),
    ("my cough started two years ago", "cough", "present"),
    ("coughing since chemo", "cough", "present"),
    ("i've been tired ever since my transplant", "fatigue", "present"),
    # negations that deny nothing
    ("no sooner am i up than i get dizzy", "dizziness", "present"),
    ("chest infection no. 3 this winter", "infections", "present"),
    ("i can never climb the stairs without coughing", "cough", "present"),
    ("isn't it odd to be coughing all summer", "cough", "present"),
    ("wouldn't call it a lump, more a row of beads", "lumps", "present"),
    ("ain't got no strength", "fatigue", "present"),
    ("nothing aches", "joint_muscle_pain", "absent"),
    ("no to the fever, yes to the cough", "fever", "absent"),
    ("yes (sweats), no (fever)", "fever", "absent"),
    # somebody else
    ("the bloke on my ward was coughing", "cough", "other"),
    ("a man in the bay opposite me had a fever", "fever", "other"),
    ("hubby's feverish", "fever", "other"),
    ("hubby has a cough, not me", "cough", "other"),
    ("sweats? his", "night_sweats", "other"),
    ("the dog's off his food and so am i", "appetite_loss", "present"),
    ("no lumps, mate", "lumps", "absent"),
    ("dog tired and pale", "fatigue", "present"),
    ("my husband has a cough", "cough", "other"),
    ("hubby has got a fever, im fine", "fever", "other"),
    ("the kids are coughing", "cough", "other"),
    ("my sister gets migraines", "headache", "other"),
    ("mum's headaches are awful", "headache", "other"),
    ("she has a fever", "fever", "other"),
    ("my neighbour is always breathless", "breathlessness", "other"),
    ("my husband has a cough and i have a fever", "cough", "other"),
    ("my husband has a cough and i have a fever", "fever", "present"),
    ("my wife says i look pale", "pallor", "present"),
    ("my daughter noticed bruises on my back", "bruising", "present"),
    ("i caught this cough from my son", "cough", "present"),
    ("my mum thinks i have lost weight", "weight_loss", "present"),
    # asked about, imagined
    ("what if i get a fever?", "fever", "question"),
    ("is bruising a sign", "bruising", "question"),
    ("are night sweats normal?", "night_sweats", "question"),
    ("what do petechiae look like", "petechiae", "question"),
    ("should i ring if i have a headache", "headache", "question"),
    ("does relapse cause weight loss?", "weight_loss", "question"),
    ("i'm scared of getting an infection", "infections", "question"),
    ("tell me about swollen glands", "lumps", "question"),
    ("my nurse said to watch for bruising", "bruising", "question"),
    ("could steroids make somebody tired", "fatigue", "question"),
    ("is a cough a sign?", "cough", "question"),
    ("is night sweats a sign?", "night_sweats", "question"),
    ("scared of a nosebleed on the plane", "bleeding", "question"),
    ("suppose i woke up with a fever", "fever", "question"),
    ("what's petechiae", "petechiae", "question"),
    ("is it normal that i am sweating every night?", "night_sweats", "present"),
    ("is it normal to bruise? i've a good few", "bruising", "present"),
    ("who do i ring about a headache", "headache", "present"),
    ("matron says his fever is high", "fever", "other"),
    ("my belt is loose and so is the cough", "cough", "present"),
    ("when i stand up quick i get dizzy", "dizziness", "present"),
    ("why am i so tired?", "fatigue", "present"),
    ("should i worry about this cough?", "cough", "present"),
    ("if i stand up i get dizzy", "dizziness", "present"),
    ("i have a cough, is it a sign of relapse?", "cough", "present"),
]

CARER = [
    ("child", "she has a cough", "cough", "present"),
    ("child", "my son is bruising easily", "bruising", "present"),
    ("child", "he hasn't got a fever", "fever", "absent"),
    ("child", "our little one is so pale", "pallor", "present"),
    ("child", "his dad has a cold and a cough", "cough", "other"),
    ("child", "her brother has a fever", "fever", "other"),
    ("child", "i noticed bruises on her legs", "bruising", "present"),
    ("child", "she had headaches when she was diagnosed", "headache", "past"),
    ("child", "what if he gets a fever", "fever", "question"),
    ("child", "i'm the one with the cough, she is fine", "cough", "other"),
    ("child", "my own head is throbbing, he is eating toast", "headache", "other"),
    ("child", "my little man has a cough", "cough", "present"),
    ("child", "he says someone is banging in his head, his head hurts", "headache", "present"),
    ("adult", "her sister has a cough", "cough", "other"),
    ("adult", "i've checked every two hours, only worn out", "fatigue", "present"),
    ("adult", "mum is so tired", "fatigue", "present"),
    ("adult", "my husband has lost his appetite", "appetite_loss", "present"),
    ("adult", "he isn't dizzy any more", "dizziness", "past"),
    ("adult", "dad keeps coughing", "cough", "present"),
    ("adult", "she no longer has night sweats", "night_sweats", "past"),
    ("adult", "i worry because his gums bleed", "bleeding", "present"),
]


@pytest.mark.parametrize(("text", "sign", "role"), SELF)
def test_role_in_a_chat_about_me(reader: Understander, text: str, sign: str, role: str) -> None:
    """The sign is found with this role and no other."""
    roles = {m.role for m in reader.understand(text).mentions if m.sign == sign}
    assert roles == {role}


@pytest.mark.parametrize(("about", "text", "sign", "role"), CARER)
def test_role_in_a_chat_about_somebody(reader: Understander, about: str, text: str, sign: str, role: str) -> None:
    """The words for the patient mean the patient; other people's signs are other."""
    roles = {m.role for m in reader.understand(text, about).mentions if m.sign == sign}
    assert roles == {role}


def test_relative_is_read_as_adult(reader: Understander) -> None:
    """`relative` and `adult` give the same."""
    text = "she has a cough"
    assert reader.understand(text, "relative") == reader.understand(text, "adult")


def test_cue_is_kept(reader: Understander) -> None:
    """The words that decided a role stay with the mention."""
    mention = reader.understand("there is no fever").mentions[0]
    assert (mention.role, mention.cue) == ("absent", "no")
