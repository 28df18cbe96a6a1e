import { registerToolkit } from "../shared/toolkit";
import "./jobPage";

registerToolkit();
