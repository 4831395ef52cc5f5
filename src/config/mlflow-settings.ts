import type { MlflowOptions } from '../vendors/mlflow/settings.js';
import { type Environment, filled } from './environment.js';

/** By the variables that MLflow's own clients read. */
export function mlflowServer(env: Environment): MlflowOptions | null {
  const uri = filled(env, 'MLFLOW_TRACKING_URI');
  if (uri === undefined) return null;
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error(
      'MLFLOW_TRACKING_URI is not the http: or https: address of a server: files and databases cannot be used directly, so start mlflow server.',
    );
  if (url.username !== '' || url.password !== '')
    throw new Error(
      'MLFLOW_TRACKING_URI has a user name or password in it: put them into MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.',
    );
  if (url.search !== '' || url.hash !== '')
    throw new Error('MLFLOW_TRACKING_URI has a query or a fragment in it: give the address of the server alone.');
  const [token, username] = [filled(env, 'MLFLOW_TRACKING_TOKEN'), filled(env, 'MLFLOW_TRACKING_USERNAME')];
  if (username !== undefined)
    return { uri, authorization: { username, password: env['MLFLOW_TRACKING_PASSWORD'] ?? '' } };
  return { uri, authorization: token === undefined ? null : { token } };
}
