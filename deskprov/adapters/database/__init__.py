"""The record in a database: SQLAlchemy on SQLite by default, the same code on PostgreSQL.

`deskprov.adapters.database.database.Database` is the way in. Importing SQLAlchemy takes a quarter of a second, so that
`wiring` imports this package only when the record is used.
"""
