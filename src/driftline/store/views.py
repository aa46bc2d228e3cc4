"""The SQL views that people with a SQL client read: a contract, whose columns only ever grow."""

EXPERIMENT_RUNS = """
CREATE VIEW experiment_runs AS
SELECT run.run_id, experiment.name AS experiment, run.name AS run_name, run.status, run.user_name, run.user_email,
       run.started_at, run.ended_at, registered_model.name AS model_name, model_version.version AS model_version,
       run.source_url, run.git_commit, run.dagster_run_id
FROM run
JOIN experiment ON experiment.id = run.experiment_id
LEFT JOIN model_version ON model_version.run_id = run.run_id
LEFT JOIN registered_model ON registered_model.id = model_version.model_id
"""

EVALUATION_RESULTS = """
CREATE VIEW evaluation_results AS
SELECT evaluation.evaluated_at, registered_model.name AS model_name, model_version.version AS model_version,
       evaluation.dataset, evaluation.partition_key, evaluation_metric.metric, evaluation_metric.value,
       evaluation_metric.ci_low, evaluation_metric.ci_high, evaluation.row_count, evaluation.label_count
FROM evaluation
JOIN evaluation_metric ON evaluation_metric.evaluation_id = evaluation.id
JOIN model_version ON model_version.id = evaluation.version_id
JOIN registered_model ON registered_model.id = model_version.model_id
"""

REGISTRY_STATUS = """
CREATE VIEW registry_status AS
SELECT registered_model.name AS model_name, serving.version AS production_version,
       decision.status = 'promoted' AS updated, decision.as_of AS training_time, decision.id AS decision_id,
       decision.trigger, challenger.version AS challenger_version, adjudication.metric, adjudication.champion_score,
       adjudication.challenger_score, adjudication.p_value, newest.text AS reason, decision.status, decision.actor,
       adjudication.gain, adjudication.gain_low, adjudication.gain_high, adjudication.method
FROM decision
JOIN registered_model ON registered_model.id = decision.model_id
JOIN decision_event AS newest ON newest.decision_id = decision.id AND newest.number =
     (SELECT MAX(number) FROM decision_event WHERE decision_event.decision_id = decision.id)
LEFT JOIN adjudication ON adjudication.id =
     (SELECT MAX(id) FROM adjudication AS own WHERE own.decision_id = decision.id)
LEFT JOIN model_version AS serving ON serving.id = newest.serving_version_id
LEFT JOIN model_version AS challenger ON challenger.id =
     (SELECT MAX(challenger_version_id) FROM decision_event WHERE decision_event.decision_id = decision.id)
WHERE EXISTS (SELECT 1 FROM decision_event AS began WHERE began.decision_id = decision.id
              AND began.status = 'training')
"""

VIEWS = (EXPERIMENT_RUNS, EVALUATION_RESULTS, REGISTRY_STATUS)
