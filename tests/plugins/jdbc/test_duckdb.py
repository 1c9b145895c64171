"""jdbc.duckdb.Query, on the real DuckDB."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from celeriac.core.errors import Killed, StorageFailed, TaskFailed
from celeriac.plugins.jdbc.duckdb import Query
from fakes import FakeContext, run_task


def query(context: FakeContext, sql: str, **properties: Any) -> dict[str, Any]:
    return dict(run_task(Query, {"sql": sql, "fetchType": "FETCH", **properties}, context))


def value(context: FakeContext, expression: str) -> Any:
    return query(context, f"SELECT {expression} AS v")["rows"][0]["v"]


def test_rows_are_fetched(context: FakeContext) -> None:
    outputs = query(context, "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) t(n, s)")

    assert outputs == {"rows": [{"n": 1, "s": "a"}, {"n": 2, "s": None}], "size": 2}
    assert context.metrics["fetch.size"] == 2


def test_the_first_row_is_fetched(context: FakeContext) -> None:
    assert query(context, "SELECT range AS n FROM range(5)", fetchType="FETCH_ONE") == {"row": {"n": 0}, "size": 1}
    assert query(context, "SELECT 1 AS n WHERE false", fetchType="FETCH_ONE") == {"size": 0}


def test_nothing_is_fetched_by_default(context: FakeContext) -> None:
    assert run_task(Query, {"sql": "SELECT 1"}, context) == {}


@pytest.mark.parametrize(
    ("old", "output"), [({"fetch": True}, "rows"), ({"fetchOne": True}, "row"), ({"store": True}, "uri")]
)
def test_the_old_booleans_mean_the_same(context: FakeContext, old: dict[str, bool], output: str) -> None:
    assert output in run_task(Query, {"sql": "SELECT 1 AS n", **old}, context)


def test_stored_rows_are_json_lines_that_duckdb_and_expressions_read_back(context: FakeContext) -> None:
    sql = "SELECT range AS n, 'name ' || range AS s, date '2024-01-02' AS d, 1.5::DECIMAL(4,2) AS x FROM range(25000)"
    stored = query(context, sql, fetchType="STORE", fetchSize=1000)

    assert stored["size"] == 25_000
    assert stored["uri"].endswith(".jsonl")
    lines = context.files.text(stored["uri"]).splitlines()
    assert json.loads(lines[1]) == {"n": 1, "s": "name 1", "d": "2024-01-02", "x": 1.5}
    back = query(
        context,
        "SELECT count(*) AS c, sum(n)::BIGINT AS n, typeof(any_value(d)) AS t FROM read_json_auto('in.jsonl')",
        inputFiles={"in.jsonl": stored["uri"]},
    )
    assert back == {"rows": [{"c": 25_000, "n": 312_487_500, "t": "DATE"}], "size": 1}


def test_only_results_and_not_the_working_file_are_left(context: FakeContext) -> None:
    query(context, "SELECT 1 AS n", fetchType="STORE")

    assert list(context.directory.iterdir()) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("12.30::DECIMAL(10,2)", 12.3),
        ("12345678901234567890.12::DECIMAL(38,2)", "12345678901234567890.12"),
        ("DATE '2024-01-02'", "2024-01-02"),
        ("TIMESTAMP '2024-01-02 03:04:05.5'", "2024-01-02T03:04:05.500000"),
        ("TIME '10:11:12'", "10:11:12"),
        ("INTERVAL '1 hour 30 minutes'", "PT1H30M"),
        ("[1, 2]", [1, 2]),
        ("{'a': 1, 'b': [DATE '2024-01-01']}", {"a": 1, "b": ["2024-01-01"]}),
        ("MAP {'k': 1}", {"k": 1}),
        ("MAP {1: 2}", {"1": 2}),
        ("'6f1a3c9e-8f0e-4e2a-9b57-1d7c6f1c2a3b'::UUID", "6f1a3c9e-8f0e-4e2a-9b57-1d7c6f1c2a3b"),
        ("'text'::BLOB", "text"),
        (r"'\xFF\xFE'::BLOB", "//4="),
        ("'nan'::FLOAT", None),
        ("170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"),
        ("true", True),
        ("'x'::ENUM('x', 'y')", "x"),
    ],
)
def test_every_type_has_a_form_in_json(context: FakeContext, expression: str, expected: object) -> None:
    found = value(context, expression)
    stored = query(context, f"SELECT {expression} AS v", fetchType="STORE")

    assert found == expected
    assert type(found) is type(expected)
    assert json.loads(context.files.text(stored["uri"])) == {"v": expected}


def test_a_time_with_a_zone_is_printed_in_the_zone_asked_for(context: FakeContext) -> None:
    outputs = query(context, "SELECT TIMESTAMPTZ '2024-07-01 00:00:00+00' AS v", timeZoneId="Europe/Paris")

    assert outputs["rows"] == [{"v": "2024-07-01T02:00:00+02:00"}]


def test_of_several_statements_the_last_result_counts(context: FakeContext) -> None:
    sql = """
    CREATE TABLE t (i INTEGER);
    SELECT 'first' AS r;
    INSERT INTO t VALUES (1), (2);
    SELECT count(*) AS r FROM t;
    DROP TABLE t;
    """

    assert query(context, sql) == {"rows": [{"r": 2}], "size": 1}


def test_rows_that_a_change_returns_are_a_result(context: FakeContext) -> None:
    sql = "CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (7) RETURNING i"

    assert query(context, sql)["rows"] == [{"i": 7}]


def test_statements_without_a_result_give_no_rows(context: FakeContext) -> None:
    assert query(context, "CREATE TABLE t (i INTEGER)") == {}


def test_install_of_an_extension_that_is_linked_in_is_dropped(context: FakeContext) -> None:
    sql = "-- first; the extension\nINSTALL json;\nLOAD json;\nFORCE INSTALL 'parquet'; /* ; */ SELECT ';' AS v;"

    assert query(context, sql)["rows"] == [{"v": ";"}]


def test_the_flow_of_the_orchestration_guide_runs(context: FakeContext) -> None:
    products = [{"brand": "A", "price": 10}, {"brand": "B", "price": 30.5}, {"brand": "A", "price": 15}]
    context.variables["products"] = context.files.save(json.dumps(products, indent=4).encode(), "products.json")
    sql = """
    INSTALL json;
    LOAD json;
    SELECT brand, ROUND(AVG(price), 2) AS avg_price
    FROM read_json_auto('{{ workingDir }}/products.json')
    GROUP BY brand
    ORDER BY avg_price DESC;
    """

    outputs = query(context, sql, fetchType="STORE", inputFiles={"products.json": "{{ products }}"})

    rows = [json.loads(line) for line in context.files.text(outputs["uri"]).splitlines()]
    assert rows == [{"brand": "B", "avg_price": 30.5}, {"brand": "A", "avg_price": 12.5}]


def test_input_files_may_be_text_and_are_found_by_their_bare_names(context: FakeContext) -> None:
    outputs = query(context, "SELECT sum(n)::INT AS s FROM 'data/a.csv'", inputFiles={"data/a.csv": "n\n1\n2\n"})

    assert outputs["rows"] == [{"s": 3}]


def test_input_files_may_be_namespace_files(context: FakeContext) -> None:
    context.namespace_store.put("company.team", "q.csv", b"n\n5\n")

    outputs = query(context, "FROM 'q.csv'", inputFiles={"q.csv": "nsfile:///q.csv"})

    assert outputs["rows"] == [{"n": 5}]


def test_sql_may_be_a_file(context: FakeContext) -> None:
    context.namespace_store.put("company.team", "report.sql", b"SELECT 42 AS n")

    assert query(context, "nsfile:///report.sql")["rows"] == [{"n": 42}]


def test_a_working_directory_that_cannot_be_written_is_named(context: FakeContext) -> None:
    (context.directory / "dir").write_text("a file where a folder is needed")

    with pytest.raises(StorageFailed, match=str(context.directory)):
        query(context, "SELECT 1", inputFiles={"dir/a.csv": "x"})


@pytest.mark.parametrize("name", ["../a", "/tmp/a", ""])
def test_an_input_file_outside_of_the_working_directory_is_refused(context: FakeContext, name: str) -> None:
    with pytest.raises(TaskFailed, match="inside the working directory"):
        query(context, "SELECT 1", inputFiles={name: "x"})


def test_output_files_are_written_by_name_and_stored(context: FakeContext) -> None:
    sql = "COPY (SELECT 1 AS n) TO '{{ outputFiles.out }}' (HEADER)"

    outputs = query(context, sql, outputFiles=["out"])

    assert context.files.text(outputs["outputFiles"]["out"]) == "n\n1\n"


def test_output_files_may_be_patterns(context: FakeContext) -> None:
    sql = "COPY (SELECT 1 AS n) TO '{{ workingDir }}/a.csv'; COPY (SELECT 2 AS n) TO '{{ workingDir }}/b.csv'"

    outputs = query(context, sql, outputFiles=["*.csv"])

    assert sorted(outputs["outputFiles"]) == ["a.csv", "b.csv"]


def test_an_output_file_that_was_not_written_fails(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match="`out` was not written"):
        query(context, "SELECT 1", outputFiles=["out"])


def test_named_parameters_are_bound(context: FakeContext) -> None:
    context.variables["name"] = "O'Neil"

    sql = "SELECT :name AS a, :n + 1 AS b, x::INT AS c FROM (SELECT '3' x)"

    outputs = query(context, sql, parameters={"name": "{{ name }}", "n": 2})

    assert outputs["rows"] == [{"a": "O'Neil", "b": 3, "c": 3}]


def test_a_database_file_keeps_its_tables(context: FakeContext, tmp_path: Path) -> None:
    url = f"jdbc:duckdb:{tmp_path}/my.db"

    query(context, "CREATE TABLE t AS SELECT 5 AS n", url=url)

    assert query(context, "SELECT * FROM t", url=url)["rows"] == [{"n": 5}]


def test_a_database_goes_out_as_a_file_and_comes_in_again(context: FakeContext) -> None:
    first = run_task(Query, {"sql": "CREATE TABLE t AS SELECT 6 AS n", "outputDbFile": True}, context)

    again = query(context, "SELECT * FROM t", databaseUri=first["databaseUri"])

    assert again["rows"] == [{"n": 6}]


def test_sql_afterwards_runs_in_the_same_session(context: FakeContext, tmp_path: Path) -> None:
    url = f"jdbc:duckdb:{tmp_path}/my.db"
    query(context, "CREATE TABLE t AS SELECT 1 AS n", url=url)

    outputs = query(context, "SELECT * FROM t", afterSQL="DELETE FROM t", url=url)

    assert outputs["rows"] == [{"n": 1}]
    assert query(context, "SELECT * FROM t", url=url)["rows"] == []


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM nowhere", "nowhere does not exist"),
        ("SELEC 1", "syntax error"),
        ("SELECT * FROM 'missing.csv'", r"missing\.csv"),
        ("SELECT :x", "x|parameter"),
    ],
)
def test_an_error_is_told_in_the_words_of_the_database(context: FakeContext, sql: str, message: str) -> None:
    with pytest.raises(TaskFailed, match=f"DuckDB: .*(?s:{message})"):
        query(context, sql)


def test_another_url_is_refused(context: FakeContext) -> None:
    with pytest.raises(TaskFailed, match="must start with jdbc:duckdb:"):
        query(context, "SELECT 1", url="jdbc:postgresql://host/db")


def test_a_long_query_ends_when_the_attempt_is_stopped(context: FakeContext) -> None:
    threading.Timer(0.2, lambda: setattr(context, "stop", True)).start()
    started = time.monotonic()

    with pytest.raises(Killed):
        query(context, "SELECT count(*) FROM range(100000000) a, range(10000000) b WHERE a.range % 7 = b.range % 3")
    assert time.monotonic() - started < 5
