"""The rows of a DuckDB query, streamed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from interlingua.corpus.naming import canonical_names, check_text
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.records import RecordReader
from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["QUERY", "query_columns", "read_query"]

QUERY = "duckdb:"
"""What a source begins with that is a query."""

_SEPARATOR = "::"

_BATCH = 4096


def read_query(
    source: str, *, rename: Mapping[str, str] | None = None, memory: str = "1GB", strict: bool = False
) -> Iterator[Row]:
    """Yield the rows of a query; the names of its columns are understood as everywhere.

    A query can read whatever the user can: any file or table function of DuckDB. It writes nothing.

    Args:
        source: ``duckdb:SELECT en, de FROM 'a.csv'``, or ``duckdb:a.duckdb::SELECT ...`` on a database file, which is
            opened read-only.
        rename: Language or ``_name`` by column name.
        memory: What DuckDB may use before it spills to disk.
        strict: A cell that is no text is an error; otherwise its row is left out and reported.

    Raises:
        CorpusError: The query is wrong, is more or other than one SELECT, or a column is no language.
        LanguageError: Two columns mean one language.

    Example:
        >>> [row.texts for row in read_query("duckdb:SELECT 'Yes.' AS en, 'Ja.' AS de")]
        [{'eng_Latn': 'Yes.', 'deu_Latn': 'Ja.'}]
    """
    with _answer(source, memory=memory) as reader:
        names = canonical_names(reader.schema.names, where=source, rename=rename)
        check_text(reader.schema, names, where=source)
        records = RecordReader(Path(source), rename=rename)
        number = 0
        with Faults(Path(source), strict=strict) as faults:
            for batch in reader:
                for record in batch.to_pylist():
                    number += 1
                    fault = records.fault(record)
                    if fault:
                        faults.add(f"row {number:,}: {fault}", line=None)
                    else:
                        yield records.row(record, number)


def query_columns(source: str) -> list[str]:
    """Return the names of the columns.

    Raises:
        CorpusError: As for :func:`read_query`.
    """
    with _answer(source, memory="1GB") as reader:
        return list(reader.schema.names)


@contextmanager
def _answer(source: str, *, memory: str) -> Iterator[Any]:
    import duckdb

    database, query = _parts(source)
    settings: dict[str, Any] = {"memory_limit": memory, "autoinstall_known_extensions": "false"}
    with TemporaryDirectory(prefix="interlingua-") as spill:
        try:
            with duckdb.connect(database, read_only=database != ":memory:", config=settings) as connection:
                connection.execute(f"SET temp_directory = '{spill}'")
                connection.execute("SET enable_progress_bar = false")  # it would go to stdout
                statements = connection.extract_statements(query)
                if [statement.type.name for statement in statements] != ["SELECT"]:
                    raise CorpusError(f"{source}: a query is one SELECT, nothing before or after it")
                yield connection.sql(query).to_arrow_reader(_BATCH)
        except duckdb.Error as error:
            raise CorpusError(f"{source}: {error}; mend the query") from error


def _parts(source: str) -> tuple[str, str]:
    """Database and query; ``::`` in a query is a cast, unless a database file stands before it."""
    written = source.removeprefix(QUERY).strip()
    database, separator, query = written.partition(_SEPARATOR)
    if separator and "'" not in database and '"' not in database and " " not in database.strip():
        if not Path(database).is_file():
            raise CorpusError(f"{source}: there is no database {database}; write duckdb:FILE::SELECT ...")
        return database, query
    return ":memory:", written
