"""Key rotation: everything encrypted is written anew with the first key, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, and_, or_, select, update

from bot.errors import KeyLost
from bot.records.tables import metadata
from bot.records.work import Work

Place = tuple[Any, ...] | None


def encrypted_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Return every column that holds encrypted text, with its table."""
    for table in metadata.sorted_tables:
        for column in table.c:
            if column.info.get("encrypted"):
                yield table, column


def renew(work: Work, table: Table, column: Column[Any], after: Place, limit: int) -> tuple[int, Place]:
    """Renew the next rows of one column after a place, the values of a primary key.

    Returns:
        How many rows were renewed, and the place to go on from, or None at the end.

    Raises:
        KeyLost: a row cannot be read with the keys at hand; rows renewed in earlier calls stay renewed.
    """
    keys = list(table.primary_key.columns)
    query = select(*keys, column.label("token")).where(column.is_not(None)).order_by(*keys).limit(limit)
    if after is not None:
        query = query.where(_beyond(keys, after))
    rows = work.execute(query.with_for_update()).all()
    for row in rows:
        try:
            token = work.cipher.renew(row.token)
        except KeyLost as error:
            raise KeyLost(f"a row of the table {table.name} was not rotated: {error}") from None
        here = and_(*(key == row[place] for place, key in enumerate(keys)))
        work.execute(update(table).where(here).values({column.name: token}))
    work.erased = work.erased or bool(rows)
    return len(rows), tuple(rows[-1][:-1]) if len(rows) == limit else None


def _beyond(keys: Sequence[Column[Any]], place: tuple[Any, ...]) -> Any:
    """Return the condition that a primary key of one or two columns comes after a place."""
    if len(keys) == 1:
        return keys[0] > place[0]
    first, second = keys
    return or_(first > place[0], and_(first == place[0], second > place[1]))
