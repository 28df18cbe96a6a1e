import { registerToolkit } from "../shared/toolkit";
import "./dashboardPage";

registerToolkit();
