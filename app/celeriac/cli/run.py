"""`celeriac run FILE`: one execution, from a flow file to its results, with nothing set up and nothing left behind."""

import shutil
import sys
from dataclasses import replace

import click

from celeriac.cli.application import import_application, reclaim, tidy
from celeriac.cli.arguments import RunArguments
from celeriac.cli.cells import HomeUnusable
from celeriac.cli.display import Display, PlainDisplay
from celeriac.cli.document import all_logs, executions, print_json, print_run
from celeriac.cli.engine import find_engine
from celeriac.cli.exits import Exit
from celeriac.cli.flow_folder import read_flow
from celeriac.cli.follow import Follower
from celeriac.cli.intake import Intake, take_in
from celeriac.cli.interrupts import Interrupts
from celeriac.cli.notices import runner_notice, trigger_notice
from celeriac.cli.ports import Document, Engine
from celeriac.cli.problems import refusal_json, tell
from celeriac.cli.results import print_results, summary
from celeriac.cli.session import Session, open_session
from celeriac.cli.stored_files import download, stored_files
from celeriac.cli.supervisor import ChildKeepsEnding
from celeriac.cli.valkey import ValkeyUnavailable
from celeriac.core.errors import FlowInvalid, InputsInvalid, Problem, Refused
from celeriac.settings import Settings, process_environ

_IDLE_GRACE_S = 0.2
"""Roles that have nothing left to do would else end only when their wait for a message is over: a second."""
_GOOD_STATES = ("SUCCESS", "WARNING")


def run(arguments: RunArguments, settings: Settings) -> Exit:
    """Runs a flow file to its end and prints what came of it."""
    end: Exit | None = None
    try:
        with Interrupts() as interrupts:
            source = read_flow(arguments.file)
            with open_session(_settings(arguments, settings)) as session:
                end = Run(arguments, session, interrupts).to_its_end(source)
    except FlowInvalid as error:
        return _refuse(arguments, "INVALID", error.problems)
    except InputsInvalid as error:
        return _refuse(arguments, "REJECTED", error.problems)
    except Refused as error:
        return _refuse(arguments, "REJECTED", (Problem(str(error), file=str(arguments.file)),))
    except KeyboardInterrupt:
        return _killed_before_start(arguments) if end is None else end
    except (ValkeyUnavailable, ChildKeepsEnding, HomeUnusable) as error:
        click.echo(f"celeriac: {error}", err=True)
        return Exit.FAILED
    return end


class Run:
    """One execution on a session of its own."""

    def __init__(self, arguments: RunArguments, session: Session, interrupts: Interrupts) -> None:
        self._arguments = arguments
        self._session = session
        self._interrupts = interrupts

    def to_its_end(self, source: str) -> Exit:
        """Starts the flow, follows it, prints its results. Raises: FlowInvalid, InputsInvalid, Refused."""
        build = import_application(self._session.settings)
        for role in ("orchestrator", "worker"):
            self._session.start(role)
        engine = build(self._session.settings)
        engine.migrate()
        self._session.supervisor.go()
        reclaim(engine, self._session.settings)
        intake = take_in(engine.flows, self._arguments, source)
        self._tell(intake)
        self._interrupts.patient = True
        execution_id = engine.executions.start(
            intake.flow.namespace,
            intake.flow.id,
            self._arguments.inputs,
            labels=self._arguments.labels or None,
            file_inputs=self._arguments.file_inputs,
        )
        return self._follow(engine, execution_id)

    def _follow(self, engine: Engine, execution_id: str) -> Exit:
        display = self._display()
        follower = Follower(engine, self._session.supervisor, display, self._interrupts)
        try:
            follower.follow(execution_id)
        except KeyboardInterrupt:
            self._give_up(engine)
        except ChildKeepsEnding as error:
            self._give_up(engine)
            display.notice(str(error))
        except BaseException:
            self._give_up(engine)
            raise
        finally:
            display.close()
        found = executions(engine.views, execution_id)
        if not all(document["done"] for document in found):
            self._give_up(engine)
            found = executions(engine.views, execution_id)
        self._session.supervisor.grace_s = _IDLE_GRACE_S
        return self._report(engine, found)

    def _give_up(self, engine: Engine) -> None:
        """Ends all processes and containers, and records that what they did is over."""
        self._session.supervisor.kill()
        shutil.rmtree(self._session.settings.tmp_dir, ignore_errors=True)
        if engine.executions.kill_cell(self._session.settings.cell):
            tidy(self._session.settings)

    def _report(self, engine: Engine, found: list[Document]) -> Exit:
        files = stored_files(found)
        if self._arguments.json_wanted:
            print_run(found, all_logs(engine.views, found), sys.stdout.buffer)
        else:
            print_results(found[0], engine.files, files, click.echo)
            click.echo(f"\n{summary(found[0])}")
        if self._arguments.download is not None:
            written = download(engine.files, files, self._arguments.download)
            click.echo(f"{len(written)} files written to {self._arguments.download}", err=True)
        state = found[0]["state"]["current"]
        if self._interrupts.count and state not in _GOOD_STATES:
            return Exit.INTERRUPTED
        return Exit.OK if state in _GOOD_STATES else Exit.FAILED

    def _tell(self, intake: Intake) -> None:
        tell(intake.warnings, "warning")
        notices = [trigger_notice(intake.flow)]
        if not self._arguments.runner and not self._session.settings.runner:
            notices.append(runner_notice((intake.flow, *intake.subflows), find_engine(process_environ())))
        for notice in filter(None, notices):
            click.echo(f"{click.style('notice', fg='cyan')}: {notice}", err=True)

    def _display(self) -> Display:
        stream = sys.stderr if self._arguments.json_wanted else sys.stdout
        if not stream.isatty():
            return PlainDisplay(stream)
        from rich.console import Console

        from celeriac.cli.tree import TreeDisplay

        return TreeDisplay(Console(file=stream))


def _settings(arguments: RunArguments, settings: Settings) -> Settings:
    beside = arguments.file.absolute().parent / "_files"
    files = arguments.files or settings.files or (beside if beside.is_dir() else None)
    return replace(
        settings,
        broker_url="",
        redis_url="",
        amqp_url="",
        files=files.absolute() if files else None,
        runner_override=arguments.runner or settings.runner_override,
    )


def _refuse(arguments: RunArguments, state: str, problems: tuple[Problem, ...]) -> Exit:
    if arguments.json_wanted:
        print_json(refusal_json(state, problems), sys.stdout.buffer)
    tell(problems)
    return Exit.INVALID


def _killed_before_start(arguments: RunArguments) -> Exit:
    if arguments.json_wanted:
        print_json(refusal_json("KILLED", ()), sys.stdout.buffer)
    click.echo("KILLED before the execution started", err=True)
    return Exit.INTERRUPTED
