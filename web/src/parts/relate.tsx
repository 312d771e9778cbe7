/** The builder of relationships: from one object to up to twenty others, each read as a sentence before it is made. */
import { Button, Field, Input, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { ArrowSwapRegular, DismissRegular } from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { allowedRelationships, OBJECT_TYPES } from "../../../src/stix/index.ts";
import { ApiError, call } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import { useTitles } from "../forms/find-objects.ts";
import { ObjectPicker } from "../forms/object-picker.tsx";
import { useApiBase } from "../shell/session.tsx";
import { Refusal } from "./panel.tsx";

/** As Sentinel's builder. */
const RELATIONSHIPS_MAX = 20;

/** What one relationship is to be. */
interface Plan {
  readonly targetRef: string;
  readonly relationshipType: string;
  /** The other object is the source. */
  readonly inverse: boolean;
}

interface Made {
  readonly id: string;
  readonly sentence: string;
}

/** Objects that a relationship can have at an end. */
const ENDS: readonly string[] = [...OBJECT_TYPES.values()]
  .filter(({ category }) => category === "sdo" || category === "sco")
  .map(({ name }) => name);

const typeOf = (stixId: string): string => stixId.replace(/--.*$/, "");

/** The types between the two, the standard's own for this pair first. */
function typesFor(view: ObjectView, { targetRef, inverse }: Omit<Plan, "relationshipType">) {
  const [source, target] = inverse
    ? [typeOf(targetRef), view.type]
    : [view.type, typeOf(targetRef)];
  return allowedRelationships(source, target);
}

function planFor(view: ObjectView, targetRef: string, wanted: string): Plan {
  // Where the standard only knows the other direction, that is what is meant.
  const forth = typesFor(view, { targetRef, inverse: false });
  const back = typesFor(view, { targetRef, inverse: true });
  const inverse = forth.length < back.length && !forth.includes(wanted);
  const types = inverse ? back : forth;
  return {
    targetRef,
    inverse,
    relationshipType: types.includes(wanted) ? wanted : (types[0] ?? "related-to"),
  };
}

/** The builder. */
export function Relate({
  view,
  onClose,
}: {
  readonly view: ObjectView;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const [plans, setPlans] = useState<readonly Plan[]>([]);
  const [description, setDescription] = useState("");
  const [made, setMade] = useState<readonly Made[]>([]);
  const titles = useTitles(plans.map(({ targetRef }) => targetRef));
  const titleOf = (stixId: string): string => titles.get(stixId)?.title ?? stixId;
  const relate = useMutation({
    mutationFn: () =>
      call<readonly ObjectView[]>(`${base}/objects/${encodeURIComponent(view.id)}/relationships`, {
        method: "POST",
        body: {
          relationships: plans.map((plan) => ({
            ...plan,
            ...(description.trim() === "" ? {} : { description: description.trim() }),
          })),
        },
      }),
    onSuccess: async (views) => {
      const sentences = plans.map((plan) => sentenceOf(view.title, titleOf(plan.targetRef), plan));
      setMade(views.map(({ id }, at) => ({ id, sentence: sentences[at] ?? id })));
      setPlans([]);
      setDescription("");
      await queries.invalidateQueries();
    },
  });
  const setPlan = (at: number, plan: Plan): void =>
    setPlans(plans.map((each, place) => (place === at ? plan : each)));
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (plans.length > 0 && !relate.isPending) {
      relate.mutate();
    }
  };
  const faultAt = faultyPlace(relate.error);
  return (
    <form className="relate" onSubmit={onSubmit} aria-label="Relate it to others">
      <Field label="To what" hint={`${plans.length} of at most ${RELATIONSHIPS_MAX} at once.`}>
        {(inner) => (
          <ObjectPicker
            ids={[]}
            onIds={([id]) => {
              if (id !== undefined && !plans.some(({ targetRef }) => targetRef === id)) {
                const wanted = plans.at(-1)?.relationshipType ?? "";
                relate.reset();
                setPlans([...plans, planFor(view, id, wanted)].slice(0, RELATIONSHIPS_MAX));
              }
            }}
            types={ENDS}
            isFull={plans.length >= RELATIONSHIPS_MAX}
            label="To what"
            field={inner}
          />
        )}
      </Field>
      {plans.length === 0 ? null : (
        <ol className="plans">
          {plans.map((plan, at) => (
            <PlanRow
              key={plan.targetRef}
              view={view}
              plan={plan}
              title={titleOf(plan.targetRef)}
              isFaulty={faultAt === at}
              onPlan={(next) => setPlan(at, next)}
              onRemove={() => setPlans(plans.filter((_plan, place) => place !== at))}
            />
          ))}
        </ol>
      )}
      {plans.length === 0 ? null : (
        <Field label="Description" hint="What else is known of it; the same for all.">
          <Input value={description} onChange={(_event, data) => setDescription(data.value)} />
        </Field>
      )}
      <Refusal error={relate.error} />
      {made.length === 0 ? null : (
        <MessageBar intent="success" layout="multiline" role="status">
          <MessageBarBody>
            <ul className="plainList">
              {made.map(({ id, sentence }) => (
                <li key={id}>Stored: {sentence}</li>
              ))}
            </ul>
          </MessageBarBody>
        </MessageBar>
      )}
      <span className="inline">
        <Button
          type="submit"
          appearance="primary"
          size="small"
          disabledFocusable={plans.length === 0 || relate.isPending}
        >
          {plans.length > 1 ? `Store ${plans.length} relationships` : "Store the relationship"}
        </Button>
        <Button size="small" onClick={onClose}>
          Close
        </Button>
      </span>
    </form>
  );
}

/** One relationship as a sentence whose verb can be chosen. */
function PlanRow({
  view,
  plan,
  title,
  isFaulty,
  onPlan,
  onRemove,
}: {
  readonly view: ObjectView;
  readonly plan: Plan;
  readonly title: string;
  readonly isFaulty: boolean;
  readonly onPlan: (plan: Plan) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const { inverse, relationshipType } = plan;
  const [subject, object] = inverse ? [title, view.title] : [view.title, title];
  const types = typesFor(view, plan);
  return (
    <li className={isFaulty ? "plan faulty" : "plan"}>
      <span className="strong">{subject}</span>
      <select
        className="picker"
        aria-label={`Relationship type with ${title}`}
        value={relationshipType}
        onChange={(event) => onPlan({ ...plan, relationshipType: event.target.value })}
      >
        {types.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <span className="strong">{object}</span>
      <span className="grow" />
      <Button
        size="small"
        appearance="subtle"
        icon={<ArrowSwapRegular />}
        aria-label={`Swap the direction with ${title}`}
        title="The other way round"
        onClick={() => {
          const turned = { targetRef: plan.targetRef, inverse: !inverse };
          const [first = "related-to"] = typesFor(view, turned);
          const kept = typesFor(view, turned).includes(relationshipType);
          onPlan({ ...turned, relationshipType: kept ? relationshipType : first });
        }}
      />
      <Button
        size="small"
        appearance="subtle"
        icon={<DismissRegular />}
        aria-label={`Take ${title} away`}
        onClick={onRemove}
      />
    </li>
  );
}

function sentenceOf(own: string, other: string, { inverse, relationshipType }: Plan): string {
  return inverse ? `${other} ${relationshipType} ${own}` : `${own} ${relationshipType} ${other}`;
}

/** Which of the relationships a refusal is about. */
function faultyPlace(error: Error | null): number | undefined {
  const field = error instanceof ApiError ? error.problem.field : undefined;
  const found = /^relationships\.(\d+)/.exec(field ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}
