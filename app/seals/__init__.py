"""Sealed months: acknowledged by those they are about, final by the seal, and changed afterwards only by amendments."""
