"""The console: where events come in, and where people look. ``app.py`` composes it, pages are given what they need."""
