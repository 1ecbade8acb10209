// Loaded by pages that swap a part of themselves.
import "htmx.org/dist/htmx.esm.js";
