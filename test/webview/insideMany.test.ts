import { describeManyJobs } from "../support/manyJobs";

describeManyJobs(10_000, "status:failed queue:mails ");
