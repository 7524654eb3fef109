"""Decks: what is on each slide, and the same slides as PPTX, HTML and PDF."""
