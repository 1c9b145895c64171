"""`jdbc.duckdb.Query`: SQL on files and in DuckDB databases, in the worker's own process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import TaskFailed
from celeriac.core.task_type import TaskContext
from celeriac.plugins.jdbc.fetching import FetchingTask, FetchType, fetched, stored
from celeriac.plugins.jdbc.sql_text import has_word, installed_extension, name_parameters
from celeriac.plugins.jdbc.working_files import inside, save_outputs, write_inputs
from celeriac.plugins.stopping import stopped_by

_PREFIX = "jdbc:duckdb:"
_STORED = ("kestra://", "nsfile://")
_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE_INTO"})


class Query(FetchingTask):
    """Runs SQL statements; of the last one that gives rows these are fetched or stored as JSON lines.

    Files of `inputFiles` lie in the working directory: SQL names them as they are, or with `{{ workingDir }}` before.
    Each name of `outputFiles` is a path for SQL to write to, `{{ outputFiles.name }}`. `INSTALL` of an extension that
    is linked in (json, parquet, icu) does nothing. `username`, `password` and the connection pool mean nothing here.

    Example:
        id: averages
        namespace: company.team
        tasks:
          - id: query
            type: io.kestra.plugin.jdbc.duckdb.Query
            inputFiles:
              sales.csv: |
                city,amount
                Paris,10
                Rome,20
                Paris,30
            sql: |
              SELECT city, avg(amount) AS average
              FROM read_csv_auto('{{ workingDir }}/sales.csv')
              GROUP BY city ORDER BY city
            fetchType: FETCH
          - id: show
            type: io.kestra.plugin.core.log.Log
            message: "{{ outputs.query.rows }}"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.jdbc.duckdb.Query"
    unrendered: ClassVar[frozenset[str]] = frozenset({"sql", "after_sql", "url"})

    sql: Dynamic[str]
    after_sql: Annotated[Dynamic[str] | None, Field(alias="afterSQL")] = None
    url: Dynamic[str] = _PREFIX
    database_uri: Dynamic[str] | None = None
    output_db_file: Dynamic[bool] = False
    parameters: Dynamic[dict[str, Any]] = {}
    input_files: Dynamic[dict[str, Any]] = {}
    output_files: Dynamic[list[str]] = []
    time_zone_id: Dynamic[str] | None = None
    username: Dynamic[str] | None = None
    password: Dynamic[str] | None = None
    connection_pooling: Dynamic[bool] = True
    connection_pool_size: Dynamic[int] = 10

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        directory = context.directory
        write_inputs(self.input_files or {}, directory, context.files)
        variables = {"workingDir": str(directory), "outputFiles": self._output_paths(directory)}
        sql = self._text(context, self.sql, variables)
        after_sql = self._text(context, self.after_sql, variables) if self.after_sql else ""
        database = self._database(context, directory, variables)
        with _session(database, directory, self.time_zone_id) as session, stopped_by(context, session.interrupt):
            outputs = self._run(session, context, sql, self.wanted())
            self._run(session, context, after_sql, FetchType.NONE)
        if "size" in outputs:
            context.counter("fetch.size", outputs["size"])
        if self.output_files:
            outputs["outputFiles"] = save_outputs(self.output_files, directory, context.files)
        if self.output_db_file:
            outputs["databaseUri"] = context.files.save(Path(database), Path(database).name)
        return outputs

    def _output_paths(self, directory: Path) -> dict[str, str]:
        paths = {name: inside(directory, name, "outputFiles") for name in self.output_files or []}
        for path in paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        return {name: str(path) for name, path in paths.items()}

    def _text(self, context: TaskContext, text: str, variables: Mapping[str, Any]) -> str:
        sql = str(context.render(text, variables=variables))
        if not sql.strip().startswith(_STORED):
            return sql
        with context.files.open(sql.strip()) as stream:
            return stream.read().decode()

    def _database(self, context: TaskContext, directory: Path, variables: Mapping[str, Any]) -> str:
        """The path of the database file; empty = in memory."""
        url = str(context.render(self.url, variables=variables))
        if not url.startswith(_PREFIX):
            raise TaskFailed(f"Property `url`: `{url}` must start with {_PREFIX}, as in jdbc:duckdb:/path/of/file.db")
        path = url.removeprefix(_PREFIX).removeprefix(":memory:")
        if self.database_uri:
            write_inputs({"database.duckdb": self.database_uri}, directory, context.files)
            return str(directory / "database.duckdb")
        if not path and self.output_db_file:
            return str(directory / "database.duckdb")
        return str(directory / path) if path and ":" not in path else path

    def _run(self, session: Any, context: TaskContext, sql: str, wanted: FetchType) -> dict[str, Any]:
        parameters = self.parameters or {}
        statements = session.extract_statements(name_parameters(sql, parameters))
        linked = _linked_extensions(session)
        last = max((number for number, statement in enumerate(statements) if _gives_rows(statement)), default=-1)
        outputs: dict[str, Any] = {}
        for number, statement in enumerate(statements):
            if installed_extension(statement.query) in linked:
                continue
            session.execute(statement, {name: parameters.get(name) for name in statement.named_parameters})
            if number == last:
                outputs = self._rows(session, context, wanted)
        return outputs

    def _rows(self, session: Any, context: TaskContext, wanted: FetchType) -> dict[str, Any]:
        names = [column[0] for column in session.description]
        rows = chain.from_iterable(iter(lambda: session.fetchmany(self.fetch_size), []))
        if wanted is FetchType.STORE:
            return stored(names, rows, context.directory, context.files)
        return fetched(names, rows, wanted)


@contextmanager
def _session(database: str, directory: Path, time_zone: str | None) -> Iterator[Any]:
    duckdb = import_module("duckdb")
    try:
        with duckdb.connect(database or ":memory:") as session:
            session.execute(f"SET file_search_path={_literal(str(directory))}")
            if not database:
                session.execute(f"SET temp_directory={_literal(str(directory / '.duckdb'))}")
            if time_zone:
                session.execute(f"SET TimeZone={_literal(time_zone)}")
            yield session
    except duckdb.Error as error:
        raise TaskFailed(f"DuckDB: {error}") from error


def _linked_extensions(session: Any) -> frozenset[str]:
    rows = session.execute("SELECT extension_name FROM duckdb_extensions() WHERE install_mode = 'STATICALLY_LINKED'")
    return frozenset(name for (name,) in rows.fetchall())


def _gives_rows(statement: Any) -> bool:
    kinds = [kind.name for kind in statement.expected_result_type]
    if kinds == ["QUERY_RESULT"]:
        return True
    return statement.type.name in _CHANGES and has_word(statement.query, "RETURNING")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
