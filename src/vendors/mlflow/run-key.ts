/** Names the run of a pipeline in MLflow, for the registry as for the tracker: whichever comes first makes it. */
export const runKey = ({ workflowId, runId }: { workflowId: string; runId: string }): string =>
  `${workflowId}/${runId}`;
