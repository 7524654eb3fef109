"""Texts: templates by key, channel, language and segment; values inserted literally; text and HTML (section 9)."""
