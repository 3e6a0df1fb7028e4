"""A request for each route of a package."""

from tools.empty_environment import APPROVAL_KEY, QUESTIONS, Question

APPLICANT = (
    '{"nb_previous_loans":2,"avg_amount_loans_previous":120.5,"age":41,"years_on_the_job":7,'
    '"flag_own_car":1,"nb_previous_unpaid":0,"nb_known_outcomes":2}'
)


def ask_everything(version: str, run: str) -> list[Question]:
    """Ask each route once; what decides comes last, and changes nothing."""
    json = {"content-type": "application/json"}
    decides = json | {"x-approval-key": APPROVAL_KEY}
    named = {"version": version}
    return [
        *QUESTIONS,
        Question(
            "prediccion_hipotetica", "prediccion", method="POST", headers=json, body=APPLICANT
        ),
        Question(
            "predicciones", "predicciones", method="POST", headers=json, body='{"ids":[5008806]}'
        ),
        *(Question(name, name) for name in ("modelo", "versiones", "informe", "ejecuciones")),
        *(Question(name, "") for name in ("openapi", "docs", "pagina", "health", "ready")),
        Question("ejecucion", f"ejecuciones/{run}", {"id": run}),
        Question("informe_de_version", f"informe/{version}", named),
        Question("comparacion", "versiones/comparacion", query={"a": version, "b": version}),
        Question("aprobacion", "", named, "POST", headers=decides, body='{"motivo":"again"}'),
        Question("rechazo", "", named, "POST", headers=decides, body='{"motivo":"served"}'),
        Question("regreso", "", {}, "POST", headers=decides, body='{"motivo":"no other"}'),
    ]
