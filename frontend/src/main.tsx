import './styles/base.css'
import './styles/ui.css'
import './styles/charts.css'
import './styles/timeline.css'
import './styles/runs.css'
import './styles/table.css'
import './styles/desk.css'
import './styles/panels.css'
import './styles/player.css'
import './styles/commands.css'
import './styles/compare.css'
import './styles/launch.css'
import './styles/lab.css'
import { render } from 'preact'
import { App } from './app'
import { startTheme } from './paint/theme'

startTheme()
render(<App />, document.getElementById('app')!)
