"""Rasa graph components around `bot.nlp`. Registered by their module path in config.yml."""
