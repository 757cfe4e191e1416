"""The service that one would write in Python: FastAPI before the models of River that tests/bench/river measures, and a
SQLite that keeps every frame with its score before the answer leaves. One process, as one Durable Object is one thread."""

import pathlib
import sqlite3
import sys

import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "river"))

from rival import System  # noqa: E402

GROUPS = 4


class Frame(BaseModel):
    t: int
    values: dict[str, float | None]


class Frames(BaseModel):
    frames: list[Frame]


class Schema(BaseModel):
    streams: list[str]


class Watched:
    def __init__(self, name, streams):
        self.name = name
        self.streams = streams
        self.system = System(len(streams), GROUPS)


app = FastAPI()
watched: dict[str, Watched] = {}
database = sqlite3.connect(sys.argv[2], check_same_thread=False)
database.execute("PRAGMA journal_mode = WAL")
# The Worker answers when the frames are on the disk; so does this.
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE frames (system TEXT, t INTEGER, row TEXT, score REAL, PRIMARY KEY (system, t))")


@app.put("/v1/systems/{name}", status_code=201)
async def create(name: str, schema: Schema):
    watched[name] = Watched(name, schema.streams)
    return {"id": name}


@app.post("/v1/systems/{name}/frames")
async def frames(name: str, body: Frames, response: Response):
    one = watched.get(name)
    if one is None:
        response.status_code = 404
        return {"detail": "no such system"}
    verdicts = []
    rows = []
    for frame in body.frames:
        values = [frame.values.get(stream) for stream in one.streams]
        row = [float("nan") if value is None else value for value in values]
        score, available = one.system.step(frame.t, row)
        verdicts.append({"t": frame.t, "score": score, "available": available})
        rows.append((name, frame.t, repr(values), score))
    with database:
        database.executemany("INSERT INTO frames VALUES (?, ?, ?, ?)", rows)
    return {"verdicts": verdicts}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
