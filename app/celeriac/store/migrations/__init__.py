"""Alembic's scripts. HEAD is the newest revision: a process that finds it in the database need not load Alembic."""

HEAD = "0002"
