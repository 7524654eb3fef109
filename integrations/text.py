"""Our text where a system takes HTML: escaped, lines kept."""


def as_html(text: str) -> str:
    """Nothing in it is markup afterwards but the line breaks."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return safe.replace("\n", "<br>")
