"""The expert survey: a risk register, a questionnaire, and what can be made of the answers."""
