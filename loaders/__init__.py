"""How files become rows: the formats, and the way of a file from the door to the tables."""

from __future__ import annotations

from loaders.canonical import FORMAT as CANONICAL
from loaders.claude_code import FORMAT as CLAUDE_CODE
from loaders.copilot_usage_metrics import FORMAT as COPILOT_USAGE_METRICS
from loaders.deepeval import FORMAT as DEEPEVAL
from loaders.format import Format
from loaders.github_issues import FORMAT as GITHUB_ISSUES
from loaders.inspect_ai import FORMAT as INSPECT_AI
from loaders.jira_csv import FORMAT as JIRA_CSV
from loaders.jira_rest import FORMAT as JIRA_REST
from loaders.junit import FORMAT as JUNIT
from loaders.langfuse import FORMAT as LANGFUSE
from loaders.langsmith import FORMAT as LANGSMITH
from loaders.litellm import FORMAT as LITELLM
from loaders.lm_eval import FORMAT as LM_EVAL
from loaders.m365_copilot import FORMAT as M365_COPILOT
from loaders.mlflow import FORMAT as MLFLOW
from loaders.open_webui import FORMAT as OPEN_WEBUI
from loaders.otlp_genai import FORMAT as OTLP_GENAI
from loaders.otlp_openllmetry import FORMAT as OTLP_OPENLLMETRY
from loaders.phoenix import FORMAT as PHOENIX
from loaders.promptfoo import FORMAT as PROMPTFOO
from loaders.ragas import FORMAT as RAGAS
from loaders.servicenow_csv import FORMAT as SERVICENOW_CSV
from loaders.zendesk_json import FORMAT as ZENDESK_JSON

_IN_ORDER_OF_WORTH = (
    CANONICAL,
    OTLP_GENAI,
    OTLP_OPENLLMETRY,
    LITELLM,
    JIRA_CSV,
    LANGFUSE,
    COPILOT_USAGE_METRICS,
    M365_COPILOT,
    SERVICENOW_CSV,
    PROMPTFOO,
    DEEPEVAL,
    RAGAS,
    ZENDESK_JSON,
    OPEN_WEBUI,
    INSPECT_AI,
    CLAUDE_CODE,
    PHOENIX,
    MLFLOW,
    LANGSMITH,
    GITHUB_ISSUES,
    JIRA_REST,
    JUNIT,
    LM_EVAL,
)

FORMATS: dict[str, Format] = {entry.name: entry for entry in _IN_ORDER_OF_WORTH}
"""Every import format by name, in order of worth."""
