"""Sites: where the people of which units may check in, and every outline each site ever had."""
