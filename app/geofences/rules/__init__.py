"""What may become a fence, and what a fence is worth."""
