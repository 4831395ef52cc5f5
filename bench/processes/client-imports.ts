// Starts as `start-pipeline` does, loads the modules that it loads, and ends.
import 'commander';
import '../../src/config/config.js';
import '../../src/definition/definition.js';
import '../../src/cli/commands.js';
import '../../src/cli/connect.js';
import '../../src/cli/start.js';
import '../../src/cli/progress.js';
import '../../src/cli/summary.js';
