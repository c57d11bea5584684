// Generated from schema.json by `npm run types`; change the server, not this file.

export interface paths {
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Say that the server is up; open to everybody.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Session
         * @description Say who this session is.
         */
        get: operations["session"];
        put?: never;
        /**
         * Login
         * @description Spend a login key on a session cookie.
         */
        post: operations["login"];
        /**
         * Logout
         * @description End this session or token everywhere; its live sockets close with 4401.
         */
        delete: operations["logout"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Login Key
         * @description Make a URL that logs one more browser in, once.
         */
        post: operations["login_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Token
         * @description Make a bearer token of the role admin.
         */
        post: operations["token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Catalog
         * @description Return everything declared: algorithms, environments, recipes, metrics and controls.
         */
        get: operations["catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Validate
         * @description Check the body of a start and list everything that is wrong with it.
         */
        post: operations["validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Runs
         * @description List runs page by page.
         */
        get: operations["runs"];
        put?: never;
        /**
         * Start
         * @description Start a run: from a recipe, or from an algorithm and an environment.
         */
        post: operations["start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Run
         * @description Return one run.
         */
        get: operations["run"];
        put?: never;
        post?: never;
        /**
         * Delete
         * @description Delete a run that has ended; for 24 hours it can be restored.
         */
        delete: operations["delete"];
        options?: never;
        head?: never;
        /**
         * Patch
         * @description Change a run's name, tags or notes.
         */
        patch: operations["patch"];
        trace?: never;
    };
    "/api/runs/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore
         * @description Bring a run back that was deleted less than 24 hours ago; one that is there stays as it is.
         */
        post: operations["restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Act
         * @description Pause, step, pace, resume, checkpoint or stop a run.
         */
        post: operations["act"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/controls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Controls
         * @description Turn switches of a live run, all or nothing.
         */
        patch: operations["controls"];
        trace?: never;
    };
    "/api/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Queue
         * @description Return how many runs train at once, and how many do now.
         */
        get: operations["queue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Series
         * @description Read metrics as at most `points` buckets with their extremes.
         */
        get: operations["series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/distributions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Distributions
         * @description Read a distribution over training as at most `points` merged histograms.
         */
        get: operations["distributions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events
         * @description Read a run's events in order, after a seq.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Checkpoints
         * @description List the checkpoints that the trainer wrote.
         */
        get: operations["checkpoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Log
         * @description Read the end of what the trainer printed, its traceback included.
         */
        get: operations["log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/episodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Episodes
         * @description List the recorded episodes page by page, newest first.
         */
        get: operations["episodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/episodes/{n}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Episode
         * @description Return a recorded episode with every step of it.
         */
        get: operations["episode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/episodes/{n}/frames/{k}.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Frame
         * @description Return one picture of a recorded episode.
         */
        get: operations["frame"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Storage
         * @description Say how many bytes a run takes, in the database and on its agent's disk.
         */
        get: operations["storage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export
         * @description Return everything that a run has recorded, as a file.
         */
        get: operations["export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lab": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lab
         * @description Estimate one gradient many times, with every estimator on the same data, and hold each against the exact one.
         *
         *     Takes seconds; whoever hangs up ends the experiment. An identical request is answered from memory.
         */
        post: operations["lab"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ActionAccepted
         * @description The action is on its way; the event `action_done` with this id tells its result (null: nothing was to do).
         */
        ActionAccepted: {
            /** Action Id */
            action_id: string | null;
        };
        /**
         * Algorithm
         * @description A learning algorithm with its equation.
         */
        Algorithm: {
            /** Id */
            id: string;
            /** Title */
            title: string;
            /**
             * Doc
             * @default
             */
            doc: string;
            /** Ref */
            ref?: string | null;
            /** Equation */
            equation?: components["schemas"]["Term"][];
        } & {
            [key: string]: unknown;
        };
        /**
         * BoxActions
         * @description A vector of numbers, each between its bounds.
         */
        BoxActions: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "box";
            /** Shape */
            shape: number[];
            /** Low */
            low: components["schemas"]["Number"][];
            /** High */
            high: components["schemas"]["Number"][];
            /** Names */
            names: string[];
        } & {
            [key: string]: unknown;
        };
        /**
         * Budget
         * @description When the run is finished: the first of these that is reached; only those that are set are there.
         */
        Budget: {
            /** Env Steps */
            env_steps?: number;
            /** Updates */
            updates?: number;
            /** Episodes */
            episodes?: number;
        };
        /**
         * BudgetRequest
         * @description When the run is finished: the first of these that is reached.
         */
        BudgetRequest: {
            /**
             * Env Steps
             * @default null
             */
            env_steps: number | null;
            /**
             * Updates
             * @default null
             */
            updates: number | null;
            /**
             * Episodes
             * @default null
             */
            episodes: number | null;
        };
        /**
         * Catalog
         * @description Everything that can be chosen, turned and measured.
         */
        Catalog: {
            /** Algorithms */
            algorithms: components["schemas"]["Algorithm"][];
            /** Environments */
            environments: components["schemas"]["CatalogEnvironment"][];
            /** Recipes */
            recipes: components["schemas"]["Recipe"][];
            /** Metrics */
            metrics: components["schemas"]["Metric"][];
            /** Controls */
            controls: {
                [key: string]: components["schemas"]["Control"][];
            };
            laboratory: components["schemas"]["CatalogLaboratory"] | null;
        };
        /**
         * CatalogEnvironment
         * @description An environment that can be chosen.
         */
        CatalogEnvironment: {
            /** Id */
            id: string;
            /**
             * Title
             * @default
             */
            title: string;
            /**
             * Doc
             * @default
             */
            doc: string;
            /**
             * Array
             * @default false
             */
            array: boolean;
            /** Observation */
            observation?: {
                [key: string]: unknown;
            } | null;
            /** Actions */
            actions?: (components["schemas"]["DiscreteActions"] | components["schemas"]["BoxActions"]) | null;
            solved_at?: components["schemas"]["Number"] | null;
            /** Max Episode Steps */
            max_episode_steps?: number | null;
            /** Renderer */
            renderer?: string | null;
            /**
             * Enumerable
             * @default false
             */
            enumerable: boolean;
            /**
             * One Hot
             * @default false
             */
            one_hot: boolean;
            /**
             * Available
             * @default true
             */
            available: boolean;
            /** Needs */
            needs?: string | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * CatalogLaboratory
         * @description What experiments of the laboratory are made from.
         */
        CatalogLaboratory: {
            /** Algorithms */
            algorithms: string[];
            /** Environments */
            environments: components["schemas"]["LabEnvironmentRow"][];
            /** Settings */
            settings: {
                [key: string]: string[];
            };
            /** Values */
            values: components["schemas"]["LabValue"][];
            /** Policies */
            policies: components["schemas"]["LabPolicy"][];
            /** Presets */
            presets: components["schemas"]["LabPreset"][];
            /** Max Estimators */
            max_estimators: number;
        };
        /**
         * Checkpoint
         * @description A checkpoint that the trainer wrote.
         */
        Checkpoint: {
            /** Path */
            path: string;
            /** Update */
            update: number;
            /** Bytes */
            bytes: number;
            /** Seq */
            seq: number;
            wall: components["schemas"]["Number"];
        };
        /**
         * Checkpoints
         * @description The checkpoints of a run, oldest first.
         */
        Checkpoints: {
            /** Checkpoints */
            checkpoints: components["schemas"]["Checkpoint"][];
        };
        ClientMessage: components["schemas"]["Subscribe"] | components["schemas"]["Unsubscribe"] | components["schemas"]["SetControls"] | components["schemas"]["Watch"];
        /**
         * Control
         * @description A declared switch; `when` are conditions of which one has to hold for it to have an effect, none = always.
         */
        Control: {
            /** Name */
            name: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "gate" | "choice" | "number" | "flag";
            /**
             * Title
             * @default
             */
            title: string;
            /** Spec */
            spec?: string | null;
            /** Values */
            values?: components["schemas"]["ControlValue"][] | null;
            default: components["schemas"]["ControlValue"];
            /** Live */
            live: boolean;
            /** Edges */
            edges?: [
                string,
                string
            ][];
            /** Latex */
            latex?: string | null;
            /** Terms */
            terms?: {
                [key: string]: string;
            } | null;
            /**
             * Doc
             * @default
             */
            doc: string;
            /** Effect */
            effect?: string | null;
            /** Group */
            group?: string | null;
            /**
             * Boundary
             * @default false
             */
            boundary: boolean;
            /** When */
            when?: components["schemas"]["TermCondition"][];
            /** Ref */
            ref?: string | null;
            /** Unit */
            unit?: string | null;
            min?: components["schemas"]["Number"] | null;
            max?: components["schemas"]["Number"] | null;
            /**
             * Integer
             * @default false
             */
            integer: boolean;
            /**
             * Log
             * @default false
             */
            log: boolean;
        } & {
            [key: string]: unknown;
        };
        ControlValue: boolean | number | string | unknown[] | null;
        /**
         * ControlsEdit
         * @description Set switches of a live run, all or nothing.
         */
        ControlsEdit: {
            /** Values */
            values: {
                [key: string]: components["schemas"]["ControlValue"];
            };
            /** Expect Version */
            expect_version?: number | null;
            /** Edit Id */
            edit_id?: string | null;
        };
        /**
         * ControlsState
         * @description The switches of a run: the values in force and the edits on their way.
         */
        ControlsState: {
            /** Version */
            version: number;
            /** Values */
            values: {
                [key: string]: components["schemas"]["ControlValue"];
            };
            /** Pending */
            pending: components["schemas"]["PendingEdit"][];
        };
        /**
         * DeletedMessage
         * @description A run was deleted; nothing more follows of it.
         */
        DeletedMessage: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "deleted";
            /** Run */
            run: string;
        };
        /**
         * DiscreteActions
         * @description One of `n` actions.
         */
        DiscreteActions: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "discrete";
            /** N */
            n: number;
            /** Names */
            names: string[];
        } & {
            [key: string]: unknown;
        };
        /**
         * Distribution
         * @description A histogram of one update on its metric's fixed grid; `counts` holds `[bin, count]` of the bins in use.
         */
        Distribution: {
            /** Update */
            update: number;
            /** Grid */
            grid: string;
            /** N */
            n: number;
            min: components["schemas"]["Number"] | null;
            max: components["schemas"]["Number"] | null;
            /** Nonfinite */
            nonfinite: number;
            /** Counts */
            counts: [
                number,
                number
            ][];
        };
        /**
         * DistributionAnswer
         * @description A distribution over training; `counts` has one entry more than `edges`, underflow first and overflow last.
         */
        DistributionAnswer: {
            /** Name */
            name: string;
            /** Edges */
            edges: components["schemas"]["Number"][];
            /** Rows */
            rows: components["schemas"]["DistributionRow"][];
        };
        /**
         * DistributionRow
         * @description The merged histogram of consecutive updates: counts + nonfinite = n.
         */
        DistributionRow: {
            /** First Update */
            first_update: number;
            /** Update */
            update: number;
            /** N */
            n: number;
            min: components["schemas"]["Number"] | null;
            max: components["schemas"]["Number"] | null;
            /** Nonfinite */
            nonfinite: number;
            /** Counts */
            counts: number[];
        };
        /**
         * EditAccepted
         * @description The edit has this version and waits for the trainer.
         */
        EditAccepted: {
            /** Edit Id */
            edit_id: string;
            /** Version */
            version: number;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "changed" | "refused";
        };
        /**
         * EditAcknowledged
         * @description The edit is accepted and pending.
         */
        EditAcknowledged: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "edit";
            /** Id */
            id: number;
            /** Edit Id */
            edit_id: string;
            /** Version */
            version: number;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "changed" | "refused";
        };
        /**
         * EndedEpisode
         * @description The result of an episode.
         */
        EndedEpisode: {
            /** Episode */
            episode: number;
            /** Update */
            update: number;
            /** Env Steps */
            env_steps: number;
            wall: components["schemas"]["Number"];
            return: components["schemas"]["Number"];
            /** Length */
            length: number;
            /** Kind */
            kind: string;
        };
        /**
         * Environment
         * @description The environment of a run.
         */
        Environment: {
            /** Id */
            id: string;
            /** Num Envs */
            num_envs: number;
            /** Kwargs */
            kwargs: {
                [key: string]: components["schemas"]["ControlValue"];
            };
        };
        /**
         * EnvironmentRequest
         * @description Which environment, how many lanes of it, and its own arguments.
         */
        EnvironmentRequest: {
            /**
             * Id
             * @default null
             */
            id: string | null;
            /**
             * Num Envs
             * @default null
             */
            num_envs: number | null;
            /**
             * Kwargs
             * @default null
             */
            kwargs: {
                [key: string]: components["schemas"]["ControlValue"];
            } | null;
        };
        /**
         * Episode
         * @description One recorded episode with every step.
         */
        Episode: {
            /** N */
            n: number;
            /** Kind */
            kind: string;
            /** Update */
            update: number;
            /** Seed */
            seed: number;
            return: components["schemas"]["Number"];
            /** Length */
            length: number;
            /**
             * Reason
             * @enum {string}
             */
            reason: "schedule" | "edit" | "request";
            /** Terminated */
            terminated: boolean;
            /** Truncated */
            truncated: boolean;
            steps: components["schemas"]["Steps"];
            /** View */
            view: components["schemas"]["StateView"] | components["schemas"]["ImagesView"] | components["schemas"]["NoView"];
        };
        /**
         * EpisodePage
         * @description Recorded episodes, newest first; `next` is the cursor of the following page.
         */
        EpisodePage: {
            /** Episodes */
            episodes: components["schemas"]["EpisodeSummary"][];
            /** Next */
            next: string | null;
        };
        /**
         * EpisodeSummary
         * @description One recorded episode, as its event told it.
         */
        EpisodeSummary: {
            /** N */
            n: number;
            /** Kind */
            kind: string;
            /** Update */
            update: number;
            /** Seed */
            seed: number;
            return: components["schemas"]["Number"];
            /** Length */
            length: number;
            /**
             * Reason
             * @description Why it was recorded: on schedule, at an edit, or because somebody asked.
             * @enum {string}
             */
            reason: "schedule" | "edit" | "request";
            /**
             * View
             * @enum {string}
             */
            view: "state" | "images" | "none";
            /** @description Seconds of the run when it was recorded. */
            wall: components["schemas"]["Number"];
        };
        /**
         * ErrorBody
         * @description The body of every answer that is not a success.
         */
        ErrorBody: {
            error: components["schemas"]["ErrorObject"];
        };
        /**
         * ErrorMessage
         * @description A message of the client was refused; `id` is null if it had none.
         */
        ErrorMessage: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "error";
            /** Id */
            id: number | null;
            error: components["schemas"]["ErrorObject"];
        };
        /**
         * ErrorObject
         * @description What went wrong: found, expected, usual cause, fix.
         */
        ErrorObject: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /**
             * Field
             * @description Dotted path of the offending field, e.g. `controls.gamma`.
             */
            field: string | null;
            /** Did You Mean */
            did_you_mean: string[];
            /** @description Only with 409 after a stale edit. */
            current: components["schemas"]["Register"] | null;
        };
        /**
         * EventMessage
         * @description A fact about a run.
         */
        EventMessage: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "event";
            /** Run */
            run: string;
            /** Epoch */
            epoch: number;
            /** Seq */
            seq: number;
            /**
             * Kind
             * @enum {string}
             */
            kind: "started" | "paused" | "resumed" | "control_changed" | "control_refused" | "action_done" | "checkpoint" | "episode" | "alert" | "forked" | "solved" | "finished" | "stopped" | "failed";
            /** At Update */
            at_update: number;
            wall: components["schemas"]["Number"];
            /** Data */
            data: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * EventPage
         * @description Events of a run in order; `next` is the seq to go on after.
         */
        EventPage: {
            /** Events */
            events: components["schemas"]["EventMessage"][];
            /** Next */
            next: number | null;
        };
        /**
         * FrameMessage
         * @description Telemetry of the rows first_seq..seq.
         */
        FrameMessage: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "frame";
            /** Run */
            run: string;
            /** Epoch */
            epoch: number;
            /** First Seq */
            first_seq: number;
            /** Seq */
            seq: number;
            rows: components["schemas"]["Rows"];
            /** Scalars */
            scalars: {
                [key: string]: components["schemas"]["Scalars"];
            };
            /** Ended */
            ended: components["schemas"]["EndedEpisode"][];
            /** Distributions */
            distributions: {
                [key: string]: components["schemas"]["Distribution"];
            };
        };
        /** HTTPValidationError */
        HTTPValidationError: {
            /** Detail */
            detail?: components["schemas"]["ValidationError"][];
        };
        /**
         * Health
         * @description The server is up.
         */
        Health: {
            /**
             * Status
             * @constant
             */
            status: "ok";
            /** Version */
            version: string;
        };
        /**
         * ImagesView
         * @description Pictures; T + 1 of them, the last shows the final state.
         */
        ImagesView: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "images";
            /** Urls */
            urls: string[];
            /**
             * Every
             * @description Only every so many steps a new picture was drawn.
             * @default 1
             */
            every: number;
        };
        /**
         * Interval
         * @description A number with its 95 % confidence interval.
         */
        Interval: {
            value: components["schemas"]["Number"];
            low: components["schemas"]["Number"];
            high: components["schemas"]["Number"];
        };
        JsonValue: unknown;
        /**
         * LabArgument
         * @description A keyword of an environment that is a number.
         */
        LabArgument: {
            /** Name */
            name: string;
            default: components["schemas"]["Number"];
            /** Integer */
            integer: boolean;
        };
        /**
         * LabEnvironment
         * @description A finite environment and its keywords.
         */
        LabEnvironment: {
            /** Id */
            id: string;
            /** Kwargs */
            kwargs?: {
                [key: string]: components["schemas"]["ControlValue"];
            };
        };
        /**
         * LabEnvironmentRow
         * @description A finite environment.
         */
        LabEnvironmentRow: {
            /** Id */
            id: string;
            /** Title */
            title: string;
            /** Doc */
            doc: string;
            /** Keywords */
            keywords: components["schemas"]["LabArgument"][];
        };
        /**
         * LabEstimator
         * @description A name for the table, and settings as of `rl_core.estimate`: controls, `algorithm`, `value`.
         */
        LabEstimator: {
            /** Name */
            name: string;
            /** Settings */
            settings?: {
                [key: string]: components["schemas"]["ControlValue"];
            };
        };
        /**
         * LabKeyword
         * @description A keyword of a kind of policy.
         */
        LabKeyword: {
            /** Name */
            name: string;
            /** Default */
            default: unknown;
            /** Integer */
            integer: boolean;
            /** Latex */
            latex: string;
            /** Doc */
            doc: string;
            min: components["schemas"]["Number"] | null;
            max: components["schemas"]["Number"] | null;
            /** Unit */
            unit: string;
        };
        /**
         * LabPolicy
         * @description A kind of policy for an experiment; `collects`: made from the policy under study, to collect its data.
         */
        LabPolicy: {
            /** Id */
            id: string;
            /** Title */
            title: string;
            /** Latex */
            latex: string;
            /** Doc */
            doc: string;
            /** Collects */
            collects: boolean;
            /** Keywords */
            keywords: components["schemas"]["LabKeyword"][];
        };
        /**
         * LabPreset
         * @description An experiment of one click.
         */
        LabPreset: {
            /** Id */
            id: string;
            /** Title */
            title: string;
            /** Doc */
            doc: string;
            request: components["schemas"]["LabRequest"];
        };
        /**
         * LabRequest
         * @description The whole experiment; the same request gives the same numbers. Bounds on work are the engine's.
         */
        LabRequest: {
            environment: components["schemas"]["LabEnvironment"];
            /**
             * Gamma
             * @default 0.95
             */
            gamma: number;
            /**
             * Policy
             * @description `kind` and its keywords.
             */
            policy?: {
                [key: string]: components["schemas"]["ControlValue"];
            };
            /**
             * Behaviour
             * @description Who collects the data; null: the policy itself.
             */
            behaviour?: {
                [key: string]: components["schemas"]["ControlValue"];
            } | null;
            /** Estimators */
            estimators: components["schemas"]["LabEstimator"][];
            /**
             * Batch
             * @description Trajectories that make an estimate.
             * @default 16
             */
            batch: number;
            /**
             * Batches
             * @description Estimates of every estimator.
             * @default 500
             */
            batches: number;
            /**
             * Seed
             * @default 0
             */
            seed: number;
        };
        /**
         * LabResult
         * @description What the experiment found; all but the seconds is reproducible bit for bit.
         */
        LabResult: {
            request: components["schemas"]["LabRequest"];
            truth: components["schemas"]["LabTruth"];
            /**
             * Mean Length
             * @description Steps per trajectory.
             */
            mean_length: number;
            behaviour_J: components["schemas"]["Number"] | null;
            /** Estimators */
            estimators: components["schemas"]["LabRow"][];
            /** Seconds */
            seconds: number;
        };
        /**
         * LabRow
         * @description One estimator. Bias is a length in reward per logit; variance (a trace) and MSE are in its square.
         */
        LabRow: {
            /** Name */
            name: string;
            /** Controls */
            controls: {
                [key: string]: unknown;
            };
            bias: components["schemas"]["Interval"];
            bias_squared: components["schemas"]["Interval"];
            variance: components["schemas"]["Interval"];
            mse: components["schemas"]["Interval"];
            /** @description With the exact gradient, mean over estimates; null where that is 0. */
            cosine: components["schemas"]["Interval"] | null;
            /** @description Length of the mean estimate along the exact gradient, over its own. */
            scale: components["schemas"]["Interval"] | null;
            /** @description About as large a bias goes unseen: the square root of variance / batches. */
            noise_floor: components["schemas"]["Number"];
            /** @description Of a bias at least as large, if there were none. */
            p_value: components["schemas"]["Number"];
            /**
             * Verdict
             * @description `unbiased`: within noise (p at least 0.001). `scaled`: only the length is wrong.
             * @enum {string}
             */
            verdict: "unbiased" | "scaled" | "biased";
            /** Seconds */
            seconds: number;
        };
        /**
         * LabTruth
         * @description What dynamic programming says; J in reward, its gradient in reward per logit.
         */
        LabTruth: {
            J: components["schemas"]["Number"];
            gradient_norm: components["schemas"]["Number"];
            /** Gradient */
            gradient: components["schemas"]["Number"][][];
            /** States */
            states: number;
            /** Actions */
            actions: number;
            /** Horizon */
            horizon: number;
        };
        /**
         * LabValue
         * @description What a critic may know.
         */
        LabValue: {
            /** Id */
            id: string;
            /** Doc */
            doc: string;
        };
        /**
         * LoginKey
         * @description A fresh login URL and the one-time key in its fragment.
         */
        LoginKey: {
            /** Url */
            url: string;
            /** Key */
            key: string;
        };
        /**
         * LoginRequest
         * @description The key from the fragment of the printed URL; it works once.
         */
        LoginRequest: {
            /** Key */
            key: string;
        };
        /**
         * Metric
         * @description A declared measurement.
         */
        Metric: {
            /** Name */
            name: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "scalar" | "distribution";
            /**
             * Title
             * @default
             */
            title: string;
            /**
             * Unit
             * @default 1
             */
            unit: string;
            /** Latex */
            latex?: string | null;
            /**
             * Doc
             * @default
             */
            doc: string;
            /** Healthy */
            healthy?: [
                components["schemas"]["Number"] | null,
                components["schemas"]["Number"] | null
            ] | null;
            /** Colour */
            colour?: string | null;
            /** Grid */
            grid?: string | null;
            /** Edges */
            edges?: components["schemas"]["Number"][] | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * NoView
         * @description Nothing to look at, and why.
         */
        NoView: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "none";
            /** Reason */
            reason: string;
        };
        Number: number | ("NaN" | "Infinity" | "-Infinity");
        /**
         * Pace
         * @description Set the ceiling on updates per second; null is full speed.
         */
        Pace: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            action: "pace";
            /** Updates Per S */
            updates_per_s: number | null;
        };
        /**
         * Pause
         * @description Stop after the current update and keep everything in memory.
         */
        Pause: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            action: "pause";
        };
        /**
         * PendingEdit
         * @description An accepted edit that the trainer has not applied yet.
         */
        PendingEdit: {
            /** Edit Id */
            edit_id: string;
            /** Version */
            version: number;
            /** By */
            by: string | null;
            /** Values */
            values: {
                [key: string]: components["schemas"]["ControlValue"];
            };
        };
        /**
         * Position
         * @description The last thing a viewer has.
         */
        Position: {
            /** Epoch */
            epoch: number;
            /** Seq */
            seq: number;
        };
        /**
         * QueueState
         * @description The places of this machine; queued runs take them oldest first (`GET /api/runs?state=queued&sort=created`).
         */
        QueueState: {
            /** Places */
            places: number;
            /** Busy */
            busy: number;
        };
        /**
         * Recipe
         * @description A named configuration with lesson text.
         */
        Recipe: {
            /** Id */
            id: string;
            /** Title */
            title: string;
            /**
             * Doc
             * @default
             */
            doc: string;
            /** Algorithm */
            algorithm: string;
            /** Environment */
            environment: unknown;
            /** Controls */
            controls?: {
                [key: string]: components["schemas"]["ControlValue"];
            };
            /** Seed */
            seed?: number | null;
            /** Budget */
            budget?: {
                [key: string]: unknown;
            } | null;
            /** Seeds */
            seeds?: {
                [key: string]: unknown;
            } | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * Record
         * @description Play episodes with the present policy and record them; `seed` is that of the first.
         */
        Record: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            action: "record";
            /**
             * Episodes
             * @default 1
             */
            episodes: number;
            /** Seed */
            seed?: number | null;
        };
        /**
         * Register
         * @description What a stale edit lost against: the newest version of a run's controls.
         */
        Register: {
            /** Version */
            version: number;
            /** Values */
            values: {
                [key: string]: components["schemas"]["ControlValue"];
            };
            /** By */
            by: string | null;
        };
        /**
         * Reproducible
         * @description Whether config, seed and events replay the run bit for bit, and if not, why.
         */
        Reproducible: {
            /** Exact */
            exact: boolean;
            /** Reason */
            reason: string | null;
        };
        /**
         * Resume
         * @description Go on.
         */
        Resume: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            action: "resume";
        };
        /**
         * Rows
         * @description One entry per row: an update, or a bucket of `n` consecutive ones of which `update` is the last.
         */
        Rows: {
            /** Update */
            update: number[];
            /** N */
            n: number[];
            /** Grad Steps */
            grad_steps: number[];
            /** Env Steps */
            env_steps: number[];
            /** Episodes */
            episodes: number[];
            /** Wall */
            wall: components["schemas"]["Number"][];
        };
        /**
         * Run
         * @description One training job.
         */
        Run: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Recipe */
            recipe: string | null;
            /** Algorithm */
            algorithm: string;
            environment: components["schemas"]["Environment"];
            /** Seed */
            seed: number;
            budget: components["schemas"]["Budget"];
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "starting" | "running" | "paused" | "stopping" | "finished" | "stopped" | "failed";
            /**
             * Reachable
             * @description Whether its trainer can be spoken to now; never a state.
             */
            reachable: boolean;
            /** Reason */
            reason: string | null;
            /** Version */
            version: number;
            /** Epoch */
            epoch: number;
            /**
             * Head
             * @description Newest seq in the store.
             */
            head: number;
            /** Update */
            update: number;
            /** Env Steps */
            env_steps: number;
            /** Episodes */
            episodes: number;
            controls: components["schemas"]["ControlsState"];
            /** @description Ceiling in updates per second; null is full speed. */
            pace: components["schemas"]["Number"] | null;
            /** Parent */
            parent: string | null;
            /** Owner */
            owner: string;
            /** Tags */
            tags: string[];
            /** Notes */
            notes: string;
            /** Created */
            created: string;
            /** Started */
            started: string | null;
            /** Ended */
            ended: string | null;
            reproducible: components["schemas"]["Reproducible"];
            /** @description Mean return of the last up to 100 training episodes. */
            last_return: components["schemas"]["Number"] | null;
            /** @description The largest such mean since 10 episodes had ended. */
            best_return: components["schemas"]["Number"] | null;
            /**
             * Deleted
             * @description When it was deleted; for 24 hours from then it can be restored.
             */
            deleted: string | null;
        };
        /**
         * RunMessage
         * @description A run's record changed.
         */
        RunMessage: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "run";
            run: components["schemas"]["Run"];
        };
        /**
         * RunPage
         * @description One page of runs; `next` is the cursor of the following one.
         */
        RunPage: {
            /** Runs */
            runs: components["schemas"]["Run"][];
            /** Next */
            next: string | null;
        };
        /**
         * RunPatch
         * @description What a person may rewrite on a run at any time; what is not given stays.
         */
        RunPatch: {
            /** Name */
            name?: string;
            /** Tags */
            tags?: string[];
            /** Notes */
            notes?: string;
        };
        /**
         * SaveCheckpoint
         * @description Write a checkpoint now.
         */
        SaveCheckpoint: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            action: "checkpoint";
        };
        /**
         * Scalars
         * @description One metric along the rows; `min` and `max` only if some row is a bucket.
         */
        Scalars: {
            /** Last */
            last: (components["schemas"]["Number"] | null)[];
            /**
             * Min
             * @default null
             */
            min: (components["schemas"]["Number"] | null)[] | null;
            /**
             * Max
             * @default null
             */
            max: (components["schemas"]["Number"] | null)[] | null;
        };
        /**
         * Series
         * @description One metric as buckets; every column has one entry per bucket.
         */
        Series: {
            /** Unit */
            unit: string;
            /**
             * Total
             * @description Points of the whole series.
             */
            total: number;
            /**
             * Raw
             * @description Every bucket is one point.
             */
            raw: boolean;
            /** X0 */
            x0: components["schemas"]["Number"][];
            /** X1 */
            x1: components["schemas"]["Number"][];
            /** N */
            n: number[];
            /** Nonfinite */
            nonfinite: number[];
            /** Min */
            min: components["schemas"]["Number"][];
            /** Max */
            max: components["schemas"]["Number"][];
            /** Mean */
            mean: components["schemas"]["Number"][];
            /** Last */
            last: (components["schemas"]["Number"] | null)[];
        };
        /**
         * SeriesAnswer
         * @description Several metrics of one run on one axis.
         */
        SeriesAnswer: {
            /** Run */
            run: string;
            /** Epoch */
            epoch: number;
            /** Head */
            head: number;
            /**
             * X
             * @enum {string}
             */
            x: "update" | "env_steps" | "episodes" | "wall";
            /** Series */
            series: {
                [key: string]: components["schemas"]["Series"];
            };
        };
        ServerMessage: components["schemas"]["Subscribed"] | components["schemas"]["Unsubscribed"] | components["schemas"]["FrameMessage"] | components["schemas"]["EventMessage"] | components["schemas"]["SkipMessage"] | components["schemas"]["RunMessage"] | components["schemas"]["DeletedMessage"] | components["schemas"]["EditAcknowledged"] | components["schemas"]["Watching"] | components["schemas"]["ViewMessage"] | components["schemas"]["ErrorMessage"];
        /**
         * SessionInfo
         * @description Who this session is.
         */
        SessionInfo: {
            /** Name */
            name: string;
            /** Role */
            role: string;
        };
        /**
         * SetControls
         * @description Set switches of a live run; the answer is the event, or an error with this id.
         */
        SetControls: {
            /** Values */
            values: {
                [key: string]: components["schemas"]["ControlValue"];
            };
            /**
             * Expect Version
             * @default null
             */
            expect_version: number | null;
            /**
             * Edit Id
             * @default null
             */
            edit_id: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "set_controls";
            /** Id */
            id: number;
            /** Run */
            run: string;
        };
        /**
         * SkipMessage
         * @description The rows and events from..to were not sent; read them over HTTP.
         */
        SkipMessage: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "skip";
            /** Run */
            run: string;
            /** Epoch */
            epoch: number;
            /** From */
            from: number;
            /** To */
            to: number;
            /**
             * Reason
             * @constant
             */
            reason: "slow";
        };
        /**
         * StartRequest
         * @description A recipe, or an algorithm and an environment; what is given overrides the recipe.
         */
        StartRequest: {
            /**
             * Recipe
             * @default null
             */
            recipe: string | null;
            /**
             * Algorithm
             * @default null
             */
            algorithm: string | null;
            /** @default null */
            environment: components["schemas"]["EnvironmentRequest"] | null;
            /**
             * Controls
             * @default null
             */
            controls: {
                [key: string]: components["schemas"]["ControlValue"];
            } | null;
            /**
             * Seed
             * @default null
             */
            seed: number | null;
            /** @default null */
            budget: components["schemas"]["BudgetRequest"] | null;
            /**
             * Name
             * @default null
             */
            name: string | null;
            /**
             * Tags
             * @default null
             */
            tags: string[] | null;
            /**
             * Pace
             * @default null
             */
            pace: number | null;
        };
        /**
         * StateView
         * @description States that the page draws by itself; T + 1 of them, the last is the final one.
         */
        StateView: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "state";
            /** Renderer */
            renderer: string;
            /** States */
            states: components["schemas"]["Number"][][];
        };
        /**
         * Step
         * @description Compute exactly so many updates, then be paused again.
         */
        Step: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            action: "step";
            /**
             * Updates
             * @default 1
             */
            updates: number;
        };
        /**
         * Steps
         * @description What was computed at each of the T steps; null where there is no critic.
         */
        Steps: {
            /** Reward */
            reward: components["schemas"]["Number"][];
            /** Value */
            value: (components["schemas"]["Number"] | null)[];
            /** Advantage */
            advantage: (components["schemas"]["Number"] | null)[];
            /** Log Prob */
            log_prob: components["schemas"]["Number"][];
            /**
             * Action
             * @description [T] discrete, [T][Da] continuous.
             */
            action: number[] | components["schemas"]["Number"][][];
            /**
             * Action Probs
             * @description [T][A]; empty for continuous actions.
             */
            action_probs: components["schemas"]["Number"][][];
            /**
             * Action Mean
             * @description [T][Da]; empty for discrete actions.
             */
            action_mean: components["schemas"]["Number"][][];
            /**
             * Action Std
             * @description [T][Da]; empty for discrete actions.
             */
            action_std: components["schemas"]["Number"][][];
        };
        /**
         * Stop
         * @description End the run, with a last checkpoint unless told otherwise.
         */
        Stop: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            action: "stop";
            /**
             * Checkpoint
             * @default true
             */
            checkpoint: boolean;
        };
        /**
         * Storage
         * @description Bytes of a run in the database and on its agent's disk; `total` is the sum of the known parts.
         */
        Storage: {
            /** Total */
            total: number;
            parts: components["schemas"]["StorageParts"];
        };
        /**
         * StorageParts
         * @description Bytes by what holds them; null where the agent that has the files could not be asked.
         */
        StorageParts: {
            /** Series */
            series: number;
            /** Journal */
            journal: number | null;
            /** Checkpoints */
            checkpoints: number | null;
            /** Episodes */
            episodes: number | null;
            /** Log */
            log: number | null;
        };
        /**
         * Subscribe
         * @description Watch a run, from a position on or from now (`after: null`).
         */
        Subscribe: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "subscribe";
            /** Id */
            id: number;
            /** Run */
            run: string;
            /** @default null */
            after: components["schemas"]["Position"] | null;
            /**
             * Metrics
             * @default *
             */
            metrics: "*" | string[];
            /**
             * Distributions
             * @default *
             */
            distributions: "*" | string[];
            /**
             * Max Hz
             * @default null
             */
            max_hz: number | null;
        };
        /**
         * Subscribed
         * @description The run as it is, and where the stream goes on: replay, live, or reload what you have.
         */
        Subscribed: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "subscribed";
            /** Id */
            id: number;
            run: components["schemas"]["Run"];
            /** Epoch */
            epoch: number;
            /** Head */
            head: number;
            /**
             * Resume
             * @enum {string}
             */
            resume: "replay" | "live" | "reload";
        };
        /**
         * Term
         * @description One term of an equation; `@name@` stands for a control's own LaTeX.
         */
        Term: {
            /** Latex */
            latex: string;
            when?: components["schemas"]["TermCondition"] | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * TermCondition
         * @description Holds while a control is, or is not, a value, or is one of several, and while `and` holds.
         */
        TermCondition: {
            /** Control */
            control: string;
            is?: components["schemas"]["ControlValue"];
            not?: components["schemas"]["ControlValue"];
            /** In */
            in?: components["schemas"]["ControlValue"][] | null;
            and?: components["schemas"]["TermCondition"] | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * Token
         * @description A bearer token; it is shown once and stored only as a hash.
         */
        Token: {
            /** Token */
            token: string;
            /** Role */
            role: string;
        };
        /**
         * Unsubscribe
         * @description Stop watching a run.
         */
        Unsubscribe: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "unsubscribe";
            /** Id */
            id: number;
            /** Run */
            run: string;
        };
        /**
         * Unsubscribed
         * @description No more frames of this run follow.
         */
        Unsubscribed: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "unsubscribed";
            /** Id */
            id: number;
            /** Run */
            run: string;
        };
        /**
         * Validation
         * @description Whether a start would be accepted, with every reason why not.
         */
        Validation: {
            /** Ok */
            ok: boolean;
            /** Errors */
            errors: components["schemas"]["ErrorObject"][];
        };
        /** ValidationError */
        ValidationError: {
            /** Location */
            loc: (string | number)[];
            /** Message */
            msg: string;
            /** Error Type */
            type: string;
            /** Input */
            input?: unknown;
            /** Context */
            ctx?: Record<string, never>;
        };
        /**
         * ViewMessage
         * @description One moment of an episode that the present policy plays; `state` and `image` are what comes before `action`.
         */
        ViewMessage: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "view";
            /** Run */
            run: string;
            /** Update */
            update: number;
            /**
             * Episode
             * @description Counts the episodes watched; a new one begins with t = 0.
             */
            episode: number;
            /** T */
            t: number;
            /** State */
            state: components["schemas"]["Number"][] | null;
            /**
             * Image
             * @description data:image/jpeg;base64,…
             */
            image: string | null;
            /** Action */
            action: number | components["schemas"]["Number"][] | null;
            reward: components["schemas"]["Number"];
            /** @description Sum of the rewards up to here. */
            return: components["schemas"]["Number"];
            value: components["schemas"]["Number"] | null;
            /** Action Probs */
            action_probs: components["schemas"]["Number"][] | null;
            /** Action Mean */
            action_mean: components["schemas"]["Number"][] | null;
            /** Action Std */
            action_std: components["schemas"]["Number"][] | null;
            /** Done */
            done: boolean;
        };
        /**
         * Watch
         * @description Look, or stop looking, at the present policy as it plays; a picture that comes too late is left out.
         */
        Watch: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "watch";
            /** Id */
            id: number;
            /** Run */
            run: string;
            /** On */
            on: boolean;
            /**
             * Max Fps
             * @default 25
             */
            max_fps: number;
        };
        /**
         * Watching
         * @description Views of this run follow, or no more of them.
         */
        Watching: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "watching";
            /** Id */
            id: number;
            /** Run */
            run: string;
            /** On */
            on: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    login_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginKey"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    catalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Catalog"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    validate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validation"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    runs: {
        parameters: {
            query?: {
                limit?: number;
                after?: string | null;
                /** @description One state, or several with commas. */
                state?: string | null;
                tag?: string | null;
                q?: string | null;
                algorithm?: string | null;
                /** @description The environment's id. */
                environment?: string | null;
                /** @description List the deleted runs that can be restored, and only them. */
                deleted?: boolean;
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartRequest"];
            };
        };
        responses: {
            /** @description The run that this key has started. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunPatch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    restore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    act: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Pause"] | components["schemas"]["Resume"] | components["schemas"]["SaveCheckpoint"] | components["schemas"]["Step"] | components["schemas"]["Pace"] | components["schemas"]["Stop"] | components["schemas"]["Record"];
            };
        };
        responses: {
            /** @description It is so already: nothing was to do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionAccepted"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionAccepted"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    controls: {
        parameters: {
            query?: {
                wait?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ControlsEdit"];
            };
        };
        responses: {
            /** @description The event `control_changed` or `control_refused`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventMessage"];
                };
            };
            /** @description Accepted; the event follows. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditAccepted"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    queue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueState"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    series: {
        parameters: {
            query: {
                /** @description Metric names with commas between. */
                names: string;
                x?: "update" | "env_steps" | "episodes" | "wall";
                from?: number | null;
                to?: number | null;
                points?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesAnswer"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    distributions: {
        parameters: {
            query: {
                name: string;
                from?: number | null;
                to?: number | null;
                points?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributionAnswer"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                epoch?: number | null;
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    checkpoints: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkpoints"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    log: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    episodes: {
        parameters: {
            query?: {
                limit?: number;
                after?: string | null;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EpisodePage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    episode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                n: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Episode"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    frame: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                n: number;
                k: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    storage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    export: {
        parameters: {
            query: {
                format: "csv" | "json" | "parquet" | "html";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv; charset=utf-8": unknown;
                    "application/json": unknown;
                    "application/vnd.apache.parquet": unknown;
                    "text/html; charset=utf-8": unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    lab: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabResult"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Bad Gateway */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}
