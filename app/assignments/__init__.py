"""Assignment letters: who works elsewhere, at other hours or at a ceremony on which days, and what proves it."""
