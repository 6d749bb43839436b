"""What others see of a talent: the profile page, its photos, the comp card."""
