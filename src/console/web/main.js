// The console: the state in store.js goes in, the page comes out. Each change draws the page anew; Preact changes
// what differs.
import {board} from './board.js';
import {breakers} from './breakers.js';
import {reasonDialog} from './dialog.js';
import {endpointPage} from './endpoint.js';
import {frame, help, notices} from './frame.js';
import {gray} from './gray.js';
import {startKeyboard} from './keyboard.js';
import {followLedger} from './ledger.js';
import {follow} from './live.js';
import {login} from './login.js';
import {startNavigation} from './navigation.js';
import {overview} from './overview.js';
import {state, subscribe} from './store.js';
import {stopTap, tapScreen} from './tap.js';
import {readTasks, tasksScreen} from './tasks.js';
import {t} from './text.js';
import {applyTheme} from './theme.js';
import {topology} from './topology.js';
import {Component, h, render} from './view.js';

const screens = {
  overview,
  migration: board,
  endpoint: endpointPage,
  gray,
  topology,
  breakers,
  tap: tapScreen,
  tasks: tasksScreen
};

class Console extends Component {
  componentDidMount() { subscribe(() => this.setState({})); }

  render() {
    document.title = `${t(state.screen.name)} · Banyan`;
    return h(
        'div', {class: 'console'}, state.token ? frame(screens[state.screen.name]()) : login(), reasonDialog(),
        help(), notices());
  }
}

let shown = '';
function enter() {
  if (state.screen.name === shown) return;
  if (shown === 'tap') stopTap();
  shown = state.screen.name;
  if (shown === 'tasks' && state.token) readTasks();
  if ((shown === 'migration' || shown === 'endpoint') && state.token) followLedger();
}

applyTheme();
startNavigation();
startKeyboard();
render(h(Console), document.getElementById('app'));
subscribe(enter);
enter();
if (state.token) {
  follow();
  followLedger();
}
