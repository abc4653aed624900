"""Understanding of patients' own words: phrase lists and rules, no Rasa and no network."""

from bot.nlp.understand import understand

__all__ = ["understand"]
