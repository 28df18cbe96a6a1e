import { describeManyJobs } from "../support/manyJobs";

describeManyJobs(100_000, "status:failed queue:mails id:0* ");
