"""Shows long work with its progress, and lets admins start and cancel it."""

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from staff_console import words
from staff_console.context import context, me
from staff_console.forms import whole
from store.audit.log import Subject, write_down
from store.jobs import requests
from store.jobs.models import Job, JobKind
from store.staff.models import Staff

jobs = Blueprint("jobs", __name__)
KINDS: Final = f"any({', '.join(JobKind)})"


@jobs.get("/jobs")
def show_all() -> str:
    with context().database.reading() as session:
        found = requests.newest(session)
        return render_template(
            "operations/jobs.html",
            found=found,
            is_any_open=any(job.is_open for job in found),
            open_kinds={job.kind for job in found if job.is_open},
            names=_names(session, {job.asked_by_id for job in found}),
            may_back_up=context().settings.store.backup is not None,
            is_key_given=len(context().settings.store.data_keys) > 1,
            kinds=words.JOB_KINDS,
            states=words.JOB_STATES,
            phases=words.JOB_PHASES,
            reasons=words.JOB_REASONS,
            result=words.job_result,
        )


@jobs.get("/jobs/progress")
def progress() -> dict[str, Any]:
    """Returns the progress of the open jobs, which a script of the page polls."""
    with context().database.reading() as session:
        return {
            "parts": {
                str(job.id): {
                    "percent": job.percent,
                    "state": job.state,
                    "phase": job.phase,
                    "done": job.done,
                    "total": job.total,
                }
                for job in requests.newest(session)
            }
        }


@jobs.post(f"/jobs/<{KINDS}:kind>")
def start(kind: str) -> Response:
    wanted = JobKind(kind)
    if wanted is JobKind.BACKUP and context().settings.store.backup is None:
        return _back("ยังไม่ได้ตั้งโฟลเดอร์สำรองข้อมูล จึงยังเริ่มไม่ได้", good=False)
    with context().database.transaction() as session:
        job = requests.ask(session, wanted, by=me().id)
        if job is not None:
            write_down(
                session,
                "start_job",
                staff_id=me().id,
                about=Subject("job", job.id),
                details={"kind": job.kind},
            )
    return _back("รับงานแล้ว ระบบจะเริ่มทำทันที" if job else "งานนี้กำลังทำอยู่แล้ว", good=job is not None)


@jobs.post("/jobs/<row_id>/cancel")
def cancel(row_id: str) -> Response:
    job_id = whole(row_id) or 0
    with context().database.transaction() as session:
        if session.get(Job, job_id) is None:
            abort(404)
        done = requests.cancel(session, job_id)
        if done:
            write_down(session, "cancel_job", staff_id=me().id, about=Subject("job", job_id))
    return _back("ยกเลิกงานแล้ว" if done else "งานนี้จบไปแล้ว", good=done)


def _names(session: Session, ids: set[int | None]) -> dict[int, str]:
    found = session.execute(select(Staff.id, Staff.full_name).where(Staff.id.in_(ids - {None})))
    return {row.id: row.full_name for row in found}


def _back(said: str, *, good: bool) -> Response:
    flash(said, "good" if good else "warning")
    return redirect(url_for("jobs.show_all"), 303)
