declare module 'jstat' {
  const jStat: {
    /** Quantile of Student's t. */
    studentt: { inv(p: number, degreesOfFreedom: number): number };
    /** Quantile of the normal distribution. */
    normal: { inv(p: number, mean: number, std: number): number };
  };
  export default jStat;
}
