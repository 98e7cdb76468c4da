"""The tree, its proofs and its signed note keep the promises of RFC 9162 and C2SP."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger import rules

# The data of the certificate-transparency reference implementation.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# The data of golang.org/x/mod/sumdb/note, on which the C2SP text is modelled.
NEUMANN = bytes.fromhex("1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6")
NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

SIZES = st.integers(1, 300)
LEAF = [rules.leaf_hash(str(index)) for index in range(300)]


def naive_root(leaves):
    """The definition, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    split = max(1 << bit for bit in range(20) if 1 << bit < len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def naive_inclusion(index, leaves):
    """PATH of the RFC, word for word."""
    if len(leaves) == 1:
        return []
    split = max(1 << bit for bit in range(20) if 1 << bit < len(leaves))
    if index < split:
        return [*naive_inclusion(index, leaves[:split]), naive_root(leaves[split:])]
    return [*naive_inclusion(index - split, leaves[split:]), naive_root(leaves[:split])]


def naive_consistency(old, leaves, whole=True):
    """SUBPROOF of the RFC, word for word."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    split = max(1 << bit for bit in range(20) if 1 << bit < len(leaves))
    if old <= split:
        return [*naive_consistency(old, leaves[:split], whole), naive_root(leaves[split:])]
    return [*naive_consistency(old - split, leaves[split:], False), naive_root(leaves[:split])]


def stored(size):
    """The perfect subtrees that the sealer would have stored."""
    hashes = {rules.Node(0, index): LEAF[index] for index in range(size)}
    for level, positions in rules.completed(0, size):
        for position in positions:
            below = hashes[rules.Node(level - 1, 2 * position)], hashes[rules.Node(level - 1, 2 * position + 1)]
            hashes[rules.Node(level, position)] = rules.node_hash(*below)
    return hashes


def frontier_of(leaves):
    frontier = ()
    for leaf in leaves:
        frontier = rules.grown(frontier, leaf)
    return frontier


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_implementation(size):
    leaves = [sha256(b"\x00" + bytes.fromhex(entry)).digest() for entry in LEAVES[:size]]
    assert rules.root_of(frontier_of(leaves)).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_root_of_the_rfc():
    assert rules.root_of(()) == rules.hash_of(rules.Span(0, 0), {}) == rules.EMPTY_ROOT == sha256(b"").digest()


@given(SIZES)
def test_the_root_from_stored_subtrees_is_the_root_by_definition(size):
    assert rules.hash_of(rules.Span(0, size), stored(size)) == naive_root(LEAF[:size]) == rules.root_of(frontier_of(LEAF[:size]))


@given(st.data(), SIZES)
def test_every_leaf_is_proven_in(data, size):
    index = data.draw(st.integers(0, size - 1))
    path = [rules.hash_of(span, stored(size)) for span in rules.inclusion_spans(index, size)]
    assert path == naive_inclusion(index, LEAF[:size])
    assert rules.is_included(LEAF[index], index, size, path, naive_root(LEAF[:size]))


@given(st.data(), SIZES)
def test_growth_is_proven(data, size):
    old = data.draw(st.integers(1, size))
    path = [rules.hash_of(span, stored(size)) for span in rules.consistency_spans(old, size)]
    assert path == naive_consistency(old, LEAF[:size])
    assert rules.is_consistent(old, size, naive_root(LEAF[:old]), naive_root(LEAF[:size]), path)


@given(st.data(), st.integers(2, 300))
def test_no_other_leaf_place_size_path_or_root_is_proven_in(data, size):
    index, root = data.draw(st.integers(0, size - 1)), naive_root(LEAF[:size])
    path = naive_inclusion(index, LEAF[:size])
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index))
    bent = data.draw(st.integers(0, len(path) - 1))
    assert not rules.is_included(LEAF[other], index, size, path, root)
    assert not rules.is_included(LEAF[index], other, size, path, root)
    assert not rules.is_included(LEAF[index], index, size, [*path[:bent], LEAF[299][::-1], *path[bent + 1 :]], root)
    assert not rules.is_included(LEAF[index], index, size, path[:-1], root)
    assert not rules.is_included(LEAF[index], index, size, [*path, root], root)
    assert not rules.is_included(LEAF[index], index, size, path, root[::-1])
    assert not rules.is_included(LEAF[index], size, size, path, root)


@given(st.data(), st.integers(2, 300))
def test_no_rewritten_history_is_called_growth(data, size):
    old = data.draw(st.integers(1, size - 1))
    edited = data.draw(st.integers(0, old - 1))
    history = [*LEAF[:edited], rules.leaf_hash("edited"), *LEAF[edited + 1 : size]]
    path = naive_consistency(old, history)
    assert not rules.is_consistent(old, size, naive_root(LEAF[:old]), naive_root(history), path)
    assert not rules.is_consistent(old, size, naive_root(history[:old]), naive_root(LEAF[:size]), path)
    assert not rules.is_consistent(size, old, naive_root(LEAF[:size]), naive_root(LEAF[:old]), path)


@given(st.integers(0, 300), st.integers(0, 300))
def test_sealing_step_by_step_completes_each_subtree_once(one, other):
    old, new = sorted((one, other))
    names = lambda a, b: [(level, p) for level, ps in rules.completed(a, b) for p in ps]  # noqa: E731
    assert sorted(names(0, old) + names(old, new)) == sorted(names(0, new))


def test_a_known_note_opens_with_its_key():
    assert rules.opened(NOTE, "PeterNeumann", (NEUMANN,)).endswith("what your problem is.\n")
    assert rules.verifier_key("PeterNeumann", NEUMANN) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


@pytest.mark.parametrize(
    "note, name",
    [
        (NOTE.replace("problem is", "problem was"), "PeterNeumann"),
        (NOTE, "PeterNewmann"),
        (NOTE.replace("x08g", "x08h"), "PeterNeumann"),
        (NOTE.replace("—", "-"), "PeterNeumann"),
        (NOTE.split("\n\n")[0], "PeterNeumann"),
        ("", "PeterNeumann"),
    ],
    ids=["text edited", "other name", "other key", "other dash", "unsigned", "empty"],
)
def test_a_note_nobody_signed_does_not_open(note, name):
    with pytest.raises(ValueError):
        rules.opened(note, name, (NEUMANN,))


@settings(max_examples=50)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_survives_signing_and_reading(seed, size, root):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    checkpoint = rules.Checkpoint("tapak.example/ledger", size, root)
    note = rules.signed_note(rules.checkpoint_body(checkpoint), checkpoint.origin, public, key.sign)
    assert rules.read_checkpoint(rules.opened(note, checkpoint.origin, (public,))) == checkpoint
    assert rules.note_text(note) == rules.checkpoint_body(checkpoint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\nAAAA\n",
        "a\n-1\nAAAA\n",
        "a\n1\nnot base64\n",
        "a\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "a\n¹\nAA==\n",
    ],
    ids=repr,
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(ValueError):
        rules.read_checkpoint(text)


def test_an_entry_has_one_spelling():
    assert rules.canonical({"b": [1, None, True], "a": "é\n\x01"}) == '{"a":"é\\n\\u0001","b":[1,null,true]}'
    assert rules.canonical({"a": 1, "b": 2}) == rules.canonical({"b": 2, "a": 1})


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, -(2**53), b"x", {1: 2}, {"é": 1}, {"a": [{"b": 0.0}]}, b"bytes"], ids=repr
)
def test_an_entry_two_languages_could_spell_differently_is_refused(value):
    with pytest.raises(TypeError):
        rules.canonical({"value": value})
