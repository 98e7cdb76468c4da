"""What a month's figures are made of: the formulas of an allowance, the score, and the words for it."""

from app.decrees.clauses import HUNDRED, NOTHING, Clause, Predicate, Predicates, Score, Tpp
from app.decrees.shape import COUNT, FLAG, MINUTES, TEXT, Key, Said, Shape, choice, number

QUALITIES = ("S", "G", "C")

# The weights each variant is made of; together they are the whole.
WEIGHTS = {
    "A": ("productivity_weight", "discipline_weight"),
    "B": ("productivity_weight", "discipline_weight"),
    "C": (),
    "D": ("static_weight", "discipline_weight", "budget_weight"),
    "E": (),
}
# What else a variant may or must say.
OWN = {"most_cut": "B", "day_min": "E"}
MOST_DECIMALS = 3


def _weight(meaning: str) -> Key:
    return Key(number(100), meaning, False, NOTHING)


TPP: Shape = {
    "variant": Key(
        choice(*WEIGHTS),
        "A: productivity and discipline, each by its weight. B: deductions are per cents of the whole. C: the whole less the "
        "deductions. D: a static part, discipline and the unit's budget realisation. E: performance time",
    ),
    "productivity_weight": _weight("weight of productivity (A, B)"),
    "discipline_weight": _weight("weight of discipline (A, B, D)"),
    "static_weight": _weight("weight of what is always paid (D)"),
    "budget_weight": _weight("weight of the quarter's budget realisation (D)"),
    "most_cut": Key(number(100), "the most of the whole that deductions may take (B); left out, all of it", False),
    "day_min": Key(COUNT, "minutes of performance that a working day asks for (E)", False, 0),
    "decimals": Key(MINUTES, "decimals the allowance is rounded to, half up; 3 when left out", False, MOST_DECIMALS),
}


WORDS: Shape = {
    "code": Key(TEXT, "code of the word"),
    "from": Key(number(200), "lowest score it is given for"),
    "needs_new_idea": Key(FLAG, "whether it also needs a new idea or way of working", False, False),
    "quality": Key(choice(*QUALITIES), "of this row, where it is not the clause's", False),
}


def tpp(said: Said, clause: Clause) -> Tpp:
    """The formula, whose weights are those of its variant and make 100."""
    variant = said["variant"]
    mine = WEIGHTS[variant]
    for key in sorted({key for keys in WEIGHTS.values() for key in keys} - set(mine)):
        if said.has(key):
            said.refuse(key, f"means nothing in variant {variant}")
    if mine and sum(said[key] for key in mine) != HUNDRED:
        said.refuse(mine[1], f"must make 100 with {' and '.join(key for key in mine if key != mine[1])}")
    for key, owner in OWN.items():
        if said.has(key) and variant != owner:
            said.refuse(key, f"means nothing in variant {variant}")
    if variant == "E" and not said["day_min"]:
        said.refuse("day_min", "must be said in variant E")
    if said["decimals"] > MOST_DECIMALS:
        said.refuse("decimals", f"must be at most {MOST_DECIMALS}, which is what is kept")
    return Tpp(
        said["productivity_weight"], said["discipline_weight"], variant, clause, said["static_weight"], said["budget_weight"],
        said["most_cut"], said["day_min"], said["decimals"],
    )  # fmt: skip


def score(said: Said, clause: Clause) -> Score:
    """The score, whose weights make 100."""
    if said["work_weight"] + said["behaviour_weight"] != HUNDRED:
        said.refuse("behaviour_weight", "must make 100 with work_weight")
    return Score(said["work_weight"], said["behaviour_weight"], said["highest"], clause)


def predicates(said: Said, clause: Clause) -> Predicates:
    """Words for a score, highest first, the last one from 0 and without condition, so that every score has one."""
    rows: list[Predicate] = []
    for row in said["rows"]:
        rows.append(Predicate(row["code"], row["from"], row["needs_new_idea"], row["quality"] or clause.quality))
        if len(rows) > 1 and rows[-1].from_score >= rows[-2].from_score:
            row.refuse("from", "must be below the row above")
    if rows and (rows[-1].from_score != 0 or rows[-1].needs_new_idea):
        said.refuse("rows", "must end with a row from 0 without condition, or some scores would have no word")
    return Predicates(tuple(rows), clause)
