"""The Merkle tree over the leaves: its root, and the proofs that a leaf is in it and that it only ever grew.

A tree of any size is put together from perfect subtrees, and a perfect subtree never changes again: those are what is stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32


class Node(NamedTuple):
    """A perfect subtree: the leaves `[position << level, (position + 1) << level)`."""

    level: int
    position: int


class Span(NamedTuple):
    """A run of leaves `[first, end)` that is one subtree of some tree."""

    first: int
    end: int


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash over two neighbouring subtrees.

    Source: RFC 9162 section 2.1.1.
    """
    return sha256(b"\x01" + left + right).digest()


def parts_of(span: Span) -> list[Node]:
    """The fewest perfect subtrees that make up the span, left to right.

    Source: RFC 9162 section 2.1.1 (every split is at a power of two).
    """
    parts, first = [], span.first
    while first < span.end:
        level = (span.end - first).bit_length() - 1
        parts.append(Node(level, first >> level))
        first += 1 << level
    return parts


def hash_of(span: Span, hashes: Mapping[Node, bytes]) -> bytes:
    """Hash of the subtree over the span, from the perfect subtrees named by `parts_of`.

    Source: RFC 9162 section 2.1.1.
    """
    parts = [hashes[node] for node in parts_of(span)]
    return _folded(parts) if parts else EMPTY_ROOT


def _folded(parts: Sequence[bytes]) -> bytes:
    root = parts[-1]
    for left in reversed(parts[:-1]):
        root = node_hash(left, root)
    return root


def grown(frontier: tuple[tuple[int, bytes], ...], leaf: bytes) -> tuple[tuple[int, bytes], ...]:
    """The perfect subtrees `(level, hash)` of a tree after one more leaf.

    Source: RFC 9162 section 2.1.2.
    """
    stack, level, right = list(frontier), 0, leaf
    while stack and stack[-1][0] == level:
        right, level = node_hash(stack.pop()[1], right), level + 1
    return (*stack, (level, right))


def root_of(frontier: Sequence[tuple[int, bytes]]) -> bytes:
    """Root of the tree that these perfect subtrees make up.

    Source: RFC 9162 section 2.1.1.
    """
    return _folded([part for _, part in frontier]) if frontier else EMPTY_ROOT


def completed(old_size: int, new_size: int) -> Iterator[tuple[int, range]]:
    """For each level above the leaves, the positions of perfect subtrees that exist now and did not at the old size.

    Source: RFC 9162 section 2.1.1.
    """
    level = 1
    while new_size >> level:
        positions = range(old_size >> level, new_size >> level)
        if positions:
            yield level, positions
        level += 1


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose hashes prove that leaf `index` is in the tree of `size`, from the leaf upwards.

    Source: RFC 9162 section 2.1.3.1.
    """
    first, end, path = 0, size, []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(first, middle))
            first = middle
    return path[::-1]


def consistency_spans(old_size: int, new_size: int) -> list[Span]:
    """The subtrees whose hashes prove that the tree of `new_size` begins with the whole tree of `old_size` (at least 1).

    Source: RFC 9162 section 2.1.4.1.
    """
    first, end, path = 0, new_size, []
    while end != old_size:
        middle = first + _split(end - first)
        if old_size <= middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(first, middle))
            first = middle
    if first:  # at the left edge the old root itself is that subtree, and the reader holds it
        path.append(Span(first, end))
    return path[::-1]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """The path leads from the leaf at `index` to the root of the tree of `size`.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    at, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            reached = node_hash(sibling, reached)
            at, last = _left_edge(at, last)
        else:
            reached = node_hash(reached, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and reached == root


def is_consistent(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """The tree of `new_size` begins with the whole tree of `old_size`.

    Source: RFC 9162 section 2.1.4.2.
    """
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not steps:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            at, last = _left_edge(at, last)
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _left_edge(at: int, last: int) -> tuple[int, int]:
    """Both indices raised to the level where the subtree hangs on the right of its parent, or is the root."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last
