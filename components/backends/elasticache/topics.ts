import type { Problem } from "../../planning/problems";
import { shapeOf } from "../../redis/shown";
import type { Given } from "../backend";
import type { ElasticacheTopologyArgs } from "./args";

/** CloudWatch API, PutMetricAlarm: actions of one kind on one alarm. */
const MOST_TOPICS = 5;
/** Amazon SNS, "CreateTopic": a name of up to 256 letters, digits, hyphens and underscores. */
const TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/;

/** Everything wrong with the SNS topics, as far as they are known. */
export function topicProblems({ alarmTopics = [], eventTopic }: Given<ElasticacheTopologyArgs>): Problem[] {
  const problems = [
    ...alarmTopics.flatMap((topic) => arnProblems("alarmTopics", topic)),
    ...arnProblems("eventTopic", eventTopic),
  ];
  if (alarmTopics.length > MOST_TOPICS) {
    problems.push({
      key: "alarmTopics",
      was: `${alarmTopics.length} of them`,
      allowed: `at most ${MOST_TOPICS}, as CloudWatch has it`,
      fix: "Subscribe the others to one of these.",
    });
  }
  return problems;
}

function arnProblems(key: string, topic: unknown): Problem[] {
  if (typeof topic !== "string" || TOPIC.test(topic)) return [];
  const allowed = "the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:ops";
  return [{ key, was: shapeOf(topic), allowed, fix: "Give the topic's ARN; the SNS console shows it." }];
}
