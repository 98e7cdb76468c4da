"""The law as data: which decree applies to a day, and whether a decree file may become law."""

from app.decrees.appraisals import CREDIT_LEVELS, GRADES, ORGANISATIONS, STEPS, Credit, Distribution, Grid, Spread
from app.decrees.clauses import (
    Absence,
    Band,
    Bands,
    Cap,
    Ceremony,
    Clause,
    Consecutive,
    Flexi,
    Hours,
    Ladder,
    LeaveEffect,
    Overlay,
    Paid,
    Predicate,
    Predicates,
    Rung,
    Score,
    Together,
    Tpp,
)
from app.decrees.law import Decree, Law, UncoveredDay, UnknownDecree
from app.decrees.pack import schema
from app.decrees.payments import Contest, Payment
from app.decrees.productivity import Productivity
from app.decrees.quotas import CAUSES, Carried, Longest, Paper, Quota
from app.decrees.shape import Problem
from app.decrees.shelf import BrokenDecree, Draft, check, codes, draft_of, files, name_of, on, path_of, stand, words

__all__ = [
    "Absence", "Band", "Bands", "BrokenDecree", "CAUSES", "CREDIT_LEVELS", "Cap", "Carried", "Ceremony", "Clause", "Consecutive",
    "Contest", "Credit", "Decree", "Distribution", "Draft", "Flexi", "GRADES", "Grid", "Hours", "Ladder", "Law", "LeaveEffect",
    "Longest", "ORGANISATIONS", "Overlay", "Paid", "Paper", "Payment", "Predicate", "Predicates", "Problem", "Productivity",
    "Quota", "Rung", "STEPS", "Score", "Spread", "Together", "Tpp", "UncoveredDay", "UnknownDecree", "check", "codes", "draft_of",
    "files", "name_of", "on", "path_of", "schema", "stand", "words",
]  # fmt: skip
