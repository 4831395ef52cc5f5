/** How a deployed model is watched; part of the definition. */
export interface MonitoringPolicy {
  /** False: nothing is scheduled. Predictions are still captured. */
  enabled: boolean;
  /** Minutes between checks. */
  everyMinutes: number;
  /** Minutes of predictions that a check looks at, at least `everyMinutes`. */
  windowMinutes: number;
  /** A check starts up to so many seconds late, so that many schedules do not start at once. */
  jitterSeconds: number;
  /** A window ends so many seconds before its check is due, because captured lines arrive with a delay; what arrives later is never checked. */
  settleSeconds: number;
  drift: DriftPolicy;
  performance: PerformancePolicy;
  /** Absent from definitions made before refused requests were captured; the default holds then. */
  requests?: RequestPolicy | undefined;
  retraining: RetrainingPolicy;
}

export interface DriftPolicy {
  /** A window with fewer rows is insufficient: it decides nothing. */
  minimumRows: number;
  /** Of the hypotheses called drifted in a window, expected share that is not (Benjamini-Hochberg), in (0, 1). */
  falseDiscoveryRate: number;
  /** Least distance of distributions: Wasserstein over the reference's standard deviation, or Jensen-Shannon. */
  minimumEffect: number;
  /** Alarm when so many of the latest windows with enough rows have drifted. */
  alarm: { windows: number; of: number };
  /** Hours without a drifted window after which an episode ends, and hours after its end before another may begin. */
  cooldownHours: number;
}

export interface PerformancePolicy {
  metric: 'rocAuc' | 'accuracy' | 'recall';
  /** Alarm when the metric is below the cross-validated one by more than this, beyond its interval. */
  maximumLoss: number;
  /** Hours of predictions that are judged with the labels known by now; labels come late. */
  windowHours: number;
  /** Labelled rows of each class below which performance is insufficient. */
  minimumPerClass: number;
}

export interface RequestPolicy {
  /** Share of a window's requests that may be refused, in (0, 1). More, beyond chance, make a bad window; `drift.alarm` of them an alarm, with the cooldown of drift. */
  maximumRefusedShare: number;
}

export interface RetrainingPolicy {
  /** What starts a retraining; none keeps it to people. */
  on: ('drift' | 'performance')[];
  /** Days between scheduled retrainings, `null` for none. */
  everyDays: number | null;
  /** Most retrainings in any seven days. */
  perWeek: number;
  /** Hours between the starts of two retrainings, at least. */
  cooldownHours: number;
  /** So many refused in a row pause retraining until a person resumes it. */
  refusedInARow: number;
}
