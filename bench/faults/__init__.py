"""The fault suite: everything that can break, broken under load, and the proof that nothing is lost, doubled or made up."""
