import { render } from "preact";
import { App } from "./app.js";

// the secret has done its work: it neither stays in the address nor in the history
if (location.search !== "") history.replaceState(null, "", `${location.pathname}${location.hash}`);
render(<App />, document.getElementById("view")!);
