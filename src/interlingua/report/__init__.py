"""SCORES -> A PAGE: what a run gave, on one page that needs nothing else, and as CSV.

Names are loaded when they are first used: importing this loads no model library and draws nothing.
"""

from typing import TYPE_CHECKING

from interlingua.lazy import lazy_exports

if TYPE_CHECKING:
    from interlingua.report.evidence import corpus_coverage, evidence_to_json, load_evidence, make_evidence
    from interlingua.report.observation import choose_subjects, observe
    from interlingua.report.page import render, write_report
    from interlingua.report.projection import check_method
    from interlingua.report.record import RunRecord, read_run, read_runs
    from interlingua.report.tables import scores_csv

__all__ = [
    "RunRecord",
    "check_method",
    "choose_subjects",
    "corpus_coverage",
    "evidence_to_json",
    "load_evidence",
    "make_evidence",
    "observe",
    "read_run",
    "read_runs",
    "render",
    "scores_csv",
    "write_report",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "RunRecord": "record",
        "check_method": "projection",
        "choose_subjects": "observation",
        "corpus_coverage": "evidence",
        "evidence_to_json": "evidence",
        "load_evidence": "evidence",
        "make_evidence": "evidence",
        "observe": "observation",
        "read_run": "record",
        "read_runs": "record",
        "render": "page",
        "scores_csv": "tables",
        "write_report": "page",
    },
)
