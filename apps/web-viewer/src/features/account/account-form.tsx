import type { FormEvent, ReactNode } from "react";
import { BrandLamp } from "../../app/brand.tsx";
import { FormProblem } from "../../app/form-problem.tsx";
import "./account.css";

/** The text of each named field of a submitted form. */
export const fieldsOf = (event: FormEvent<HTMLFormElement>): ((name: string) => string) => {
  event.preventDefault();
  const data = new FormData(event.currentTarget);
  return (name) => String(data.get(name) ?? "");
};

interface AccountFormProps {
  title: string;
  lead?: ReactNode;
  onSubmit: (field: (name: string) => string) => void;
  error: unknown;
  children: ReactNode;
  foot?: ReactNode;
}

/** Sign in, sign up, reset: one narrow sheet under a lamp. */
export const AccountForm = ({ title, lead, onSubmit, error, children, foot }: AccountFormProps) => (
  <div className="page page-narrow account">
    <title>{`${title} – Footlight`}</title>
    <BrandLamp size={40} />
    <h1>{title}</h1>
    {lead && <div className="account-lead">{lead}</div>}
    <form className="stack" noValidate onSubmit={(event) => onSubmit(fieldsOf(event))}>
      {children}
      <FormProblem error={error} />
    </form>
    {foot && <div className="account-foot">{foot}</div>}
  </div>
);
