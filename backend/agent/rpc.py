"""The requests that the server asks of the engine and of the files of a run."""

import logging
from pathlib import Path
from typing import Any

from backend.agent.engine import Engine
from backend.agent.protocol import CheckEdit, Disk, Log, ReadEpisode, ReadFrame, Reply, Request, Resolve
from backend.agent.run_directory import RunDirectory
from rl_core.journal.episodes import read_document, read_picture

logger = logging.getLogger(__name__)


def answer(engine: Engine, data_dir: Path, request: Request) -> Reply:
    """Answer a request; a fault in the engine becomes an error and not the end of the connection."""
    try:
        return Reply(request.id, result=_result(engine, data_dir, request))
    except Exception as error:
        logger.exception("request %s", type(request).__name__)
        return Reply(request.id, error={"code": "agent_error", "message": f"{type(error).__name__}: {error}"})


def _result(engine: Engine, data_dir: Path, request: Request) -> dict[str, Any]:
    match request:
        case Resolve():
            return engine.resolve(request.body)
        case CheckEdit():
            return {"errors": engine.check_edit(request.config, request.values, request.edit)}
        case Log():
            return {"text": RunDirectory.of(data_dir, request.run).log_text()}
        case ReadEpisode():
            return {"episode": read_document(RunDirectory.of(data_dir, request.run).path, request.n)}
        case ReadFrame():
            return {"jpeg": read_picture(RunDirectory.of(data_dir, request.run).path, request.n, request.k)}
        case Disk():
            return RunDirectory.of(data_dir, request.run).disk()
