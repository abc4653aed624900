"""The headings of the five documents, in order, with their depth.

The documents are plain text, so a heading cannot be told from a line of a list by its looks. `bot check` fails when a
heading listed here is no longer in its document.
"""

from __future__ import annotations

#: By source id. A document without headings (leukaemia_foundation) is cited by the first five words of a paragraph.
OUTLINES: dict[str, tuple[tuple[int, str], ...]] = {
    "getwellgo": (
        (1, "Refractory Blood Cancer"),
        (1, "What Is Refractory Blood Cancer?"),
        (1, "Relapsed Leukemia Treatment"),
        (2, "Treatment for relapsed leukemia:"),
        (3, "Re-induction Therapy"),
        (3, "Targeted Therapy"),
        (3, "Immunotherapy"),
        (3, "Clinical Trials"),
        (1, "Relapsed Lymphoma Options"),
        (2, "Treatment Options for Relapsed Lymphoma"),
        (3, "Second-Line Chemotherapy (Salvage Therapy)"),
        (3, "Stem Cell Transplant"),
        (3, "Targeted Therapy"),
        (3, "Immunotherapy"),
        (3, "Radiation Therapy"),
        (3, "Clinical Trials"),
        (1, "Relapsed Multiple Myeloma"),
        (2, "What Factors Determine the Treatment for Relapsed Multiple Myeloma"),
        (1, "Blood Cancer Relapse Signs"),
        (2, "General Signs of Blood Cancer Relapse:"),
        (3, "Blood Count-Related Symptoms"),
        (3, "Systemic or Constitutional Symptoms"),
        (3, "Swelling or Pain"),
        (3, "Bone Marrow or Skeletal Symptoms"),
        (3, "Lab or Imaging Clues"),
        (1, "Refractory Leukemia Symptoms"),
        (2, "Symptoms of Refractory Leukemia:"),
        (3, "Blood Cell Deficiency Symptoms"),
        (3, "Persistent or Worsening Systemic Symptoms"),
        (3, "Organ or Tissue Involvement"),
        (3, "Abnormal or Worsening Lab Results"),
        (1, "Refractory Blood Cancer Survival"),
        (2, "Acute Myeloid Leukemia (AML)"),
        (2, "Acute Lymphoblastic Leukemia (ALL)"),
        (2, "Chronic Myeloid Leukemia (CML)"),
        (2, "Chronic Lymphocytic Leukemia (CLL)"),
        (2, "Lymphoma (e.g., DLBCL, HL)"),
        (2, "Multiple Myeloma (Triple-class refractory)"),
        (1, "Relapsed and Refractory Cancer Care"),
        (2, "Key Components of Care"),
        (3, "Advanced Treatment Options"),
        (3, "Molecular and Genetic Testing"),
        (3, "Specialized Cancer Centers"),
        (3, "Supportive and Palliative Care"),
        (3, "Survivorship and Monitoring"),
        (1, "Why Choose GetWellGo for Relapsed and Refractory Blood Cancer Treatment?"),
    ),
    "leukaemia_foundation": (),
    "blood_cancer_uk_all": (
        (1, "We're here for you if you want to talk"),
        (1, "Acute lymphoblastic leukaemia (ALL) treatment types and side effects"),
        (1, "We're here for you if you want to talk"),
        (1, "Acute lymphoblastic leukaemia (ALL) relapse"),
        (2, "Treatment for relapsed Philadelphia positive ALL"),
        (2, "Information for young adults"),
        (2, "Potential future treatment"),
        (1, "Worried about anything or have questions?"),
        (1, "Support for you"),
        (1, "We're here for you if you want to talk"),
    ),
    "seattle_childrens": (
        (1, "What is relapsed acute lymphoblastic leukemia (ALL)?"),
        (1, "Cancer and Blood Disorder Care at Seattle Children's"),
        (1, "Symptoms of Relapsed or Refractory ALL"),
        (1, "Diagnosing Relapsed or Refractory ALL"),
        (1, "Treating Relapsed or Refractory ALL"),
        (1, "Treatment Options"),
        (1, "Follow-up Care"),
        (1, "Relapsed and High-Risk ALL at Seattle Children's"),
        (1, "Contact Us"),
        (1, "Related Links"),
        (1, "Paying for Care"),
    ),
    "webmd_all": (
        (1, "Skip to content"),
        (1, "Treatment of Recurrent Childhood ALL"),
        (2, "Relapse after allogeneic HSCT for relapsed ALL"),
        (2, "Treatment of extramedullary relapse"),
    ),
}

#: Where the documents list warning signs: source and section. Every line there is a sign of ours, or left out.
SIGN_LISTS: tuple[tuple[str, str], ...] = (
    ("getwellgo", "General Signs of Blood Cancer Relapse:"),
    ("getwellgo", "Symptoms of Refractory Leukemia:"),
    ("seattle_childrens", "Symptoms of Relapsed or Refractory ALL"),
)
