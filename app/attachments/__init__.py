"""Files that people put beside what they ask for: taken, cleaned, shown to those who decide, forgotten on time."""
