"""Everything that is kept: tables, repositories behind the ports of ``activities.ports``, migrations.

Start at ``store.py`` (what activities are given), ``engine.py`` (how SQLite and PostgreSQL are opened) and ``tables/``.
"""
