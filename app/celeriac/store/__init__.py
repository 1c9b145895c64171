"""The only room that speaks SQL: tables, sessions and repositories."""
