"""Daily activities: what people log of their work, what their superiors say of it, and what the minutes come to."""
