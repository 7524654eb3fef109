"""The commands of ``starter.py``, one file each."""
