"""The dashboard's elements: their own tests, and their types."""

from web.ui_tools import run


def test_the_elements_do_what_their_tests_say() -> None:
    done = run("node_modules/vitest/vitest.mjs", "run", "--reporter=dot")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_of_the_elements_hold() -> None:
    done = run("node_modules/typescript/bin/tsc", "--noEmit")

    assert done.returncode == 0, done.stdout + done.stderr
